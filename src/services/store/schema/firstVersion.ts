/** The tables of the first version. */
export const firstVersion: readonly string[] = [
  `CREATE TABLE calls (
    id TEXT PRIMARY KEY,
    direction TEXT NOT NULL,
    agent TEXT NOT NULL,
    key_name TEXT,
    call_sid TEXT,
    from_number TEXT,
    to_number TEXT,
    status TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    answered_at BIGINT,
    ended_at BIGINT,
    duration_ms BIGINT,
    end_reason TEXT,
    end_detail TEXT,
    outcome TEXT,
    answered_by TEXT,
    instance_id TEXT NOT NULL,
    cost_usd DOUBLE PRECISION,
    input_text BIGINT NOT NULL DEFAULT 0,
    input_audio BIGINT NOT NULL DEFAULT 0,
    cached_text BIGINT NOT NULL DEFAULT 0,
    cached_audio BIGINT NOT NULL DEFAULT 0,
    output_text BIGINT NOT NULL DEFAULT 0,
    output_audio BIGINT NOT NULL DEFAULT 0,
    responses BIGINT NOT NULL DEFAULT 0,
    transcription_input BIGINT NOT NULL DEFAULT 0,
    transcription_output BIGINT NOT NULL DEFAULT 0,
    transcription_seconds DOUBLE PRECISION NOT NULL DEFAULT 0,
    latency_turns BIGINT,
    latency_p50_ms BIGINT,
    latency_p95_ms BIGINT,
    latencies_ms TEXT,
    cost_parts TEXT,
    model TEXT,
    transcription_model TEXT
  )`,
  "CREATE INDEX calls_by_time ON calls (started_at, id)",
  "CREATE INDEX calls_by_status ON calls (status, started_at, id)",
  "CREATE INDEX calls_by_direction ON calls (direction, started_at, id)",
  "CREATE INDEX calls_by_agent ON calls (agent, started_at, id)",
  "CREATE INDEX calls_by_key ON calls (key_name, started_at, id)",
  // In the order in which analytics group, so that nothing has to be sorted for them.
  `CREATE INDEX calls_by_facets
    ON calls (direction, agent, status, end_reason, outcome, started_at)`,
  "CREATE INDEX calls_by_sid ON calls (call_sid)",
  "CREATE INDEX calls_by_caller ON calls (from_number)",
  "CREATE INDEX calls_by_called ON calls (to_number)",
  `CREATE TABLE turns (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    role TEXT NOT NULL,
    position DOUBLE PRECISION NOT NULL,
    text TEXT NOT NULL,
    is_final INTEGER NOT NULL,
    interrupted INTEGER NOT NULL,
    spoken_by TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    PRIMARY KEY (call_id, id)
  )`,
  `CREATE TABLE tool_calls (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    arguments TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    ok INTEGER,
    output TEXT,
    duration_ms BIGINT,
    PRIMARY KEY (call_id, id)
  )`,
  `CREATE TABLE latencies (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    item_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    response_ms BIGINT NOT NULL,
    first_audio_ms BIGINT NOT NULL,
    first_heard_ms BIGINT,
    total_ms BIGINT NOT NULL,
    PRIMARY KEY (call_id, item_id)
  )`,
  `CREATE TABLE digits (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    at_ms BIGINT NOT NULL,
    digits TEXT,
    PRIMARY KEY (call_id, sequence)
  )`,
  `CREATE TABLE instances (
    id TEXT PRIMARY KEY,
    beat_at BIGINT NOT NULL
  )`,
  `CREATE TABLE idempotency_keys (
    key_name TEXT NOT NULL,
    request_key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    response TEXT,
    call_id TEXT,
    reserved_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (key_name, request_key)
  )`,
  "CREATE INDEX idempotency_by_expiry ON idempotency_keys (expires_at)",
  `CREATE TABLE reservations (
    call_id TEXT PRIMARY KEY,
    key_name TEXT NOT NULL,
    day BIGINT NOT NULL,
    reserved_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    settled INTEGER NOT NULL DEFAULT 0,
    minutes DOUBLE PRECISION NOT NULL,
    usd DOUBLE PRECISION NOT NULL
  )`,
  "CREATE INDEX reservations_by_day ON reservations (key_name, day)",
  "CREATE INDEX reservations_by_time ON reservations (reserved_at)",
  `CREATE TABLE single_use_tokens (
    digest TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    subject TEXT NOT NULL,
    expires_at BIGINT NOT NULL
  )`,
  "CREATE INDEX tokens_by_subject ON single_use_tokens (purpose, subject)",
  "CREATE INDEX tokens_by_expiry ON single_use_tokens (expires_at)",
  `CREATE TABLE dial_queue (
    call_id TEXT PRIMARY KEY,
    from_number TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    enqueued_at BIGINT NOT NULL,
    claimed_at BIGINT,
    payload TEXT NOT NULL
  )`,
  "CREATE INDEX dial_queue_by_due ON dial_queue (from_number, due_at, enqueued_at)",
  `CREATE TABLE dial_pace (
    from_number TEXT PRIMARY KEY,
    next_at BIGINT NOT NULL
  )`,
  `CREATE TABLE do_not_call (
    number TEXT PRIMARY KEY,
    added_at BIGINT NOT NULL,
    added_by TEXT,
    reason TEXT
  )`,
  `CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    event_type TEXT NOT NULL,
    call_id TEXT,
    payload TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    dead_at BIGINT,
    last_error TEXT
  )`,
  "CREATE INDEX deliveries_by_due ON deliveries (dead_at, due_at)",
  "CREATE INDEX deliveries_by_call ON deliveries (call_id)",
  `CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    key_name TEXT,
    created_at BIGINT NOT NULL,
    request TEXT NOT NULL
  )`,
  `CREATE TABLE batch_items (
    batch_id TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    item INTEGER NOT NULL,
    number TEXT NOT NULL,
    variables TEXT,
    state TEXT NOT NULL,
    call_id TEXT,
    detail TEXT,
    PRIMARY KEY (batch_id, item)
  )`,
  "CREATE INDEX batch_items_by_call ON batch_items (call_id)",
  "CREATE INDEX batch_items_by_number ON batch_items (number)",
];
