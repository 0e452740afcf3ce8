const OPEN = "state IN ('pending', 'placing', 'placed')";

/** What operators plan of batches and do with them, and each call that was made of an item. */
export const batchPlans: readonly string[] = [
  "ALTER TABLE batches ADD COLUMN name TEXT",
  "ALTER TABLE batches ADD COLUMN plan TEXT",
  "ALTER TABLE batches ADD COLUMN state TEXT NOT NULL DEFAULT 'running'",
  "ALTER TABLE batches ADD COLUMN pause_reason TEXT",
  "ALTER TABLE batches ADD COLUMN starts_at BIGINT",
  "ALTER TABLE batches ADD COLUMN ends_at BIGINT",
  // When the next item may be queued, by the pace of the batch.
  "ALTER TABLE batches ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0",
  "ALTER TABLE batches ADD COLUMN started_at BIGINT",
  // Calls that ended before do not count for what pauses a batch by itself.
  "ALTER TABLE batches ADD COLUMN counted_from BIGINT NOT NULL DEFAULT 0",
  "ALTER TABLE batches ADD COLUMN done_at BIGINT",
  "UPDATE batches SET started_at = created_at",
  "UPDATE batches SET state = 'cancelled' WHERE cancelled_at IS NOT NULL",
  `UPDATE batches SET done_at = created_at WHERE NOT EXISTS (SELECT 1 FROM batch_items
    WHERE batch_items.batch_id = batches.id AND batch_items.${OPEN})`,
  "CREATE INDEX batches_open ON batches (next_at) WHERE done_at IS NULL",
  "CREATE INDEX batches_by_key ON batches (key_name, created_at)",
  "ALTER TABLE batch_items ADD COLUMN reference TEXT",
  // A digest; unique among all batches, so that an item that is sent again is not called again.
  "ALTER TABLE batch_items ADD COLUMN request_key TEXT",
  "ALTER TABLE batch_items ADD COLUMN details TEXT",
  "ALTER TABLE batch_items ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0",
  "ALTER TABLE batch_items ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0",
  `CREATE UNIQUE INDEX batch_items_by_request_key ON batch_items (request_key)
    WHERE request_key IS NOT NULL`,
  "CREATE INDEX batch_items_by_due ON batch_items (batch_id, state, due_at)",
  `CREATE TABLE batch_calls (
    call_id TEXT PRIMARY KEY,
    batch_id TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    item INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    queued_at BIGINT NOT NULL,
    placed_at BIGINT,
    ended_at BIGINT,
    outcome TEXT,
    detail TEXT,
    duration_ms BIGINT,
    usd DOUBLE PRECISION,
    failed INTEGER NOT NULL DEFAULT 0
  )`,
  "CREATE INDEX batch_calls_by_item ON batch_calls (batch_id, item, attempt)",
  "CREATE INDEX batch_calls_by_end ON batch_calls (batch_id, ended_at)",
  `INSERT INTO batch_calls (call_id, batch_id, item, attempt, queued_at)
    SELECT call_id, batch_id, item, 1, created_at FROM batch_items
    JOIN batches ON batches.id = batch_items.batch_id WHERE call_id IS NOT NULL
    ON CONFLICT (call_id) DO NOTHING`,
  "UPDATE batch_items SET attempts = 1 WHERE call_id IS NOT NULL",
  `CREATE TABLE batch_events (
    batch_id TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    type TEXT NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT,
    told INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (batch_id, sequence)
  )`,
  "CREATE INDEX batch_events_untold ON batch_events (at) WHERE told = 0",
];
