/** Text messages that agents have sent. */
export const textMessages: readonly string[] = [
  // Not bound to the call's row, which may be written later; erased with it all the same.
  `CREATE TABLE text_messages (
    id TEXT PRIMARY KEY,
    call_id TEXT NOT NULL,
    agent TEXT NOT NULL,
    to_number TEXT NOT NULL,
    text TEXT NOT NULL,
    status TEXT NOT NULL,
    error_code BIGINT,
    sid TEXT,
    sent_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
  )`,
  "CREATE INDEX text_messages_by_time ON text_messages (sent_at, id)",
  "CREATE INDEX text_messages_by_call ON text_messages (call_id)",
  "CREATE INDEX text_messages_by_number ON text_messages (to_number)",
];
