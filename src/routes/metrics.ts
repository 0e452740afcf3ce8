import { createRoute, z } from "@hono/zod-openapi";
import { createGauge, type Metrics } from "../services/metrics.ts";
import type { RequireScope } from "./middleware/access.ts";
import type { GuessGuard } from "./middleware/guessGuard.ts";
import { apiRoutes, errorAnswers } from "./openapi/schemaParts.ts";

/** `GET /metrics`: metrics of this process in the text format of Prometheus. */
export function metricsRoutes({ access, metrics, guesses }: {
  readonly access: RequireScope;
  readonly metrics: Pick<Metrics, "write">;
  readonly guesses: Pick<GuessGuard, "counts">;
}) {
  const refused = createGauge(
    "parley_secrets_refused_total",
    "Wrong API keys and session tokens.",
    () => Object.entries(guesses.counts).map(([kind, count]) => [{ kind }, count]),
    "counter",
  );
  const routes = apiRoutes();
  routes.openapi(
    { ...scrape, middleware: [access("metrics")] },
    (c) =>
      c.text(metrics.write() + refused.write(), 200, {
        "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
        "Cache-Control": "no-store",
      }),
  );
  return routes;
}

const scrape = createRoute({
  method: "get",
  path: "/metrics",
  operationId: "getMetrics",
  summary: "Metrics for Prometheus",
  description: "Of this process, since it started. Takes the scope `metrics` or `admin`.",
  tags: ["Operation"],
  responses: {
    200: {
      description: "Text in the format of Prometheus",
      content: {
        "text/plain": {
          schema: z.string().openapi({
            example: 'parley_calls_started_total{direction="inbound"} 12\n',
          }),
        },
      },
    },
    ...errorAnswers,
  },
});
