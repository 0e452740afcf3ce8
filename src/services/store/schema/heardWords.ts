/** Words of a column, which has one space between them. */
const wordsIn = (column: string) =>
  `(CASE WHEN ${column} IS NULL OR trim(${column}) = '' THEN 0
    ELSE length(trim(${column})) - length(replace(trim(${column}), ' ', '')) + 1 END)`;

/** How many of its words an agent's turn was heard with, and which turns have the same words. */
export const heardWords: readonly string[] = [
  "ALTER TABLE turns ADD COLUMN words INTEGER",
  "ALTER TABLE turns ADD COLUMN heard_words INTEGER",
  // Of the words, and of the first of them; absent for turns of earlier versions.
  "ALTER TABLE turns ADD COLUMN line TEXT",
  "ALTER TABLE turns ADD COLUMN line_begin TEXT",
  "ALTER TABLE turns ADD COLUMN is_greeting INTEGER",
  "ALTER TABLE turns ADD COLUMN is_kept INTEGER",
  `UPDATE turns SET heard_words = ${wordsIn("text")}, words = ${wordsIn("text")} + ${
    wordsIn("unheard")
  } WHERE role = 'agent' AND is_final = 1 AND aside = 0`,
  // Analytics read nothing else of a turn.
  `CREATE INDEX turns_heard ON turns (call_id, words, heard_words, interrupted, agent, line, line_begin,
    is_greeting, is_kept, position) WHERE words > 0`,
  "CREATE INDEX tool_calls_named ON tool_calls (call_id, name, ok)",
];
