/** The tables of what is made of calls after their end. */
export const analyses: readonly string[] = [
  `CREATE TABLE analyses (
    call_id TEXT PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    reason TEXT,
    run INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    request_key TEXT,
    untold_since BIGINT,
    result TEXT,
    model TEXT,
    input_tokens BIGINT NOT NULL DEFAULT 0,
    output_tokens BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
  )`,
  "CREATE INDEX analyses_due ON analyses (due_at) WHERE state = 'pending'",
  "CREATE INDEX analyses_untold ON analyses (untold_since) WHERE untold_since IS NOT NULL",
  // For filters and counts; texts are cut to what both databases can index.
  `CREATE TABLE analysis_values (
    call_id TEXT NOT NULL REFERENCES analyses (call_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    counted INTEGER NOT NULL,
    PRIMARY KEY (call_id, kind, name)
  )`,
  "CREATE INDEX analysis_values_by_value ON analysis_values (kind, name, value, call_id)",
  "ALTER TABLE calls ADD COLUMN analysis_passed INTEGER",
  "ALTER TABLE calls ADD COLUMN analysis_usd DOUBLE PRECISION",
  "ALTER TABLE calls ADD COLUMN analysis_unpriced INTEGER",
  `CREATE INDEX calls_by_passed ON calls (analysis_passed, started_at, id)
    WHERE analysis_passed IS NOT NULL`,
];
