/** What operators have filed calls under; `calls.tags` has the same as JSON, to be read with the call. */
export const callTags: readonly string[] = [
  `CREATE TABLE call_tags (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (call_id, tag)
  )`,
  "CREATE INDEX call_tags_by_tag ON call_tags (tag, call_id)",
  "ALTER TABLE calls ADD COLUMN tags TEXT",
];
