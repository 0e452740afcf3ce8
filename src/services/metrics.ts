export type { Metrics } from "./metrics/callMetrics.ts";
export { openMetrics } from "./metrics/openMetrics.ts";
export { createGauge } from "./metrics/prometheus.ts";
