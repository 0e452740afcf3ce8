/** How it stands with the recordings of calls; the audio is in files. */
export const recordings: readonly string[] = [
  `CREATE TABLE recordings (
    call_id TEXT PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
    instance_id TEXT NOT NULL,
    status TEXT NOT NULL,
    bytes BIGINT,
    duration_ms BIGINT,
    finished_at BIGINT,
    removed_at BIGINT
  )`,
];
