/** Where recordings are silent, as something private was heard there. */
export const redactedSpans: readonly string[] = [
  `CREATE TABLE redacted_spans (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    side TEXT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL,
    PRIMARY KEY (call_id, side, from_ms, to_ms)
  )`,
];
