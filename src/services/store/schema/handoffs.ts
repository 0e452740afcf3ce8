/** Which agents have had a call, and who said what. */
export const handoffs: readonly string[] = [
  `CREATE TABLE handoffs (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    at_ms BIGINT NOT NULL,
    from_agent TEXT NOT NULL,
    to_agent TEXT NOT NULL,
    version TEXT,
    reason TEXT,
    facts TEXT,
    model TEXT,
    transcription_model TEXT,
    usage_before TEXT NOT NULL,
    PRIMARY KEY (call_id, sequence)
  )`,
  "CREATE INDEX handoffs_by_agent ON handoffs (to_agent, call_id)",
  "ALTER TABLE turns ADD COLUMN agent TEXT",
  "ALTER TABLE calls ADD COLUMN current_agent TEXT",
];
