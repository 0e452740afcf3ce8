export { type Metrics, openMetrics } from "./metrics/callMetrics.ts";
export { createGauge } from "./metrics/prometheus.ts";
