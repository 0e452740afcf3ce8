/** What a process needs that goes on with a call in the middle of the agent's words, or after a handoff. */
export const resumptionVersion: readonly string[] = [
  // Of a turn that is not final; in characters of its text.
  "ALTER TABLE turns ADD COLUMN heard_characters INTEGER",
  // Position of the first line that the next agent is told of.
  "ALTER TABLE handoffs ADD COLUMN history_from DOUBLE PRECISION",
  "ALTER TABLE handoffs ADD COLUMN summary TEXT",
];

/** Whether the model had more to say than is known, where its words were stopped. */
export const unfinishedTurns: readonly string[] = [
  "ALTER TABLE turns ADD COLUMN unfinished INTEGER NOT NULL DEFAULT 0",
];
