import { createRoute } from "@hono/zod-openapi";
import { AnalyticsBusy } from "../services/records.ts";
import type { CallAnalytics, CallFilter, Distribution } from "../services/store.ts";
import type { RequireScope } from "./middleware/access.ts";
import { filterFor } from "./callFilters.ts";
import { analytics, analyticsQuery } from "./openapi/analyticsSchemas.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { answer, apiRoutes, errorAnswers } from "./openapi/schemaParts.ts";

/** `GET /api/analytics`: counts, durations, latency and cost of a period's calls. */
export function analyticsRoutes({ access, analyse }: {
  readonly access: RequireScope;
  /** Rejects with `AnalyticsBusy` where too many wait. */
  readonly analyse: (filter: CallFilter) => Promise<CallAnalytics>;
}) {
  const routes = apiRoutes();
  routes.openapi({ ...sums, middleware: [access("calls:read")] }, async (c) => {
    const filter = filterFor(c.get("caller"), c.req.valid("query"));
    const found = await analyse(filter).catch((error) => {
      throw error instanceof AnalyticsBusy ? busy() : error;
    });
    return c.json(viewAnalytics(found), 200);
  });
  return routes;
}

function busy(): HttpProblem {
  return new HttpProblem(503, "analytics_busy", "Too many analytics requests are waiting.", {
    retryAfterSeconds: 5,
  });
}

function viewAnalytics(found: CallAnalytics) {
  return {
    ...found,
    duration: { ...viewDistribution(found.duration), totalMs: found.duration.totalMs },
    latency: viewDistribution(found.latency),
    analysis: { ...found.analysis, passedShare: shareOf(found.analysis) },
  };
}

function shareOf({ passed, failed }: CallAnalytics["analysis"]): number | null {
  return passed + failed === 0 ? null : passed / (passed + failed);
}

function viewDistribution({ count, p50Ms, p95Ms }: Distribution) {
  return { count, p50Ms: p50Ms ?? null, p95Ms: p95Ms ?? null };
}

const sums = createRoute({
  method: "get",
  path: "/api/analytics",
  operationId: "getAnalytics",
  summary: "Sum up calls",
  description:
    "Counts, durations, latency and cost of the calls that began in a period: without `from`, in the last 30 days, or those before `to`. The same question is answered from memory for ten times as long as it took, five seconds at most.",
  tags: ["Calls"],
  request: { query: analyticsQuery },
  responses: { 200: answer("The sums", analytics), ...errorAnswers },
});
