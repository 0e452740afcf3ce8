/** What each response of the model has used of a call's tokens, and its price in dollars by the prices of then. */
export const responseUsages: readonly string[] = [
  `CREATE TABLE response_usages (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    at_ms BIGINT NOT NULL,
    item_id TEXT,
    model TEXT,
    usage TEXT NOT NULL,
    usd DOUBLE PRECISION,
    PRIMARY KEY (call_id, sequence)
  )`,
];
