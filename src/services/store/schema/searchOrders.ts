/** The orders in which calls are listed besides that by time: see `calls/callOrder.ts`. */
export const searchOrders: readonly string[] = [
  "CREATE INDEX calls_by_duration ON calls ((COALESCE(duration_ms, -1)), id)",
  `CREATE INDEX calls_by_cost ON calls ((COALESCE(CASE
    WHEN analysis_unpriced IS NULL OR analysis_unpriced = 0
    THEN cost_usd + COALESCE(analysis_usd, 0) END, -1)), id)`,
  "CREATE INDEX calls_by_latency ON calls ((COALESCE(latency_p95_ms, -1)), id)",
];
