export { createMetrics, type Metrics } from "./metrics/callMetrics.ts";
export { createGauge } from "./metrics/prometheus.ts";
