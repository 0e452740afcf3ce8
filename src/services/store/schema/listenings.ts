/** When people have listened in on calls, and by which API keys; the end is absent where its process was lost. */
export const listenings: readonly string[] = [
  `CREATE TABLE listenings (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    key_name TEXT,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT,
    PRIMARY KEY (call_id, id)
  )`,
];
