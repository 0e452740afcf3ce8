/** How callers were put through to people, and how long these talked with them. */
export const transferSteps: readonly string[] = [
  `CREATE TABLE transfers (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    alias TEXT NOT NULL,
    mode TEXT NOT NULL,
    agent TEXT,
    asked_by TEXT NOT NULL,
    step TEXT NOT NULL,
    target INTEGER,
    requested_at BIGINT NOT NULL,
    ringing_at BIGINT,
    answered_at BIGINT,
    accepted_at BIGINT,
    connected_at BIGINT,
    over_at BIGINT,
    why TEXT,
    spoke_ms BIGINT,
    PRIMARY KEY (call_id, number)
  )`,
  // In the course of the call; what a person talked after it is in transferred_ms.
  "ALTER TABLE calls ADD COLUMN person_ms BIGINT",
];

/** When it was known that the agent cannot take part in a conference. */
export const absentAgents: readonly string[] = [
  "ALTER TABLE transfers ADD COLUMN agent_absent_at BIGINT",
];
