/** What the caller has heard of sentences that have to be heard, and what was cut off. */
export const heardVersion: readonly string[] = [
  "ALTER TABLE turns ADD COLUMN unheard TEXT",
  `CREATE TABLE must_hear (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    sentence TEXT NOT NULL,
    times INTEGER NOT NULL,
    heard INTEGER NOT NULL,
    from_ms BIGINT,
    to_ms BIGINT,
    PRIMARY KEY (call_id, name)
  )`,
];
