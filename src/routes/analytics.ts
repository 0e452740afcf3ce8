import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { CallAnalytics, Distribution } from "../services/store/analytics.ts";
import type { CallStore } from "../services/store/calls.ts";
import type { CallerEnv, RequireScope } from "./access.ts";
import { filterFor } from "./callFilters.ts";
import { analytics, analyticsQuery } from "./callSchemas.ts";
import { errorAnswers, json, refuseInvalid } from "./openapiParts.ts";

export interface AnalyticsRoutesDeps {
  readonly access: RequireScope;
  readonly calls: Pick<CallStore, "analyse">;
}

/** What the calls of a period come to. */
export function analyticsRoutes(
  { access, calls }: AnalyticsRoutesDeps,
): OpenAPIHono<CallerEnv> {
  const routes = new OpenAPIHono<CallerEnv>({ defaultHook: refuseInvalid });
  routes.openapi({ ...sums, middleware: [access("calls:read")] }, async (c) => {
    const found = await calls.analyse(filterFor(c.get("caller"), c.req.valid("query")));
    return c.json(viewAnalytics(found), 200);
  });
  return routes;
}

function viewAnalytics(found: CallAnalytics) {
  return {
    ...found,
    duration: { ...viewDistribution(found.duration), totalMs: found.duration.totalMs },
    latency: viewDistribution(found.latency),
  };
}

function viewDistribution({ count, p50Ms, p95Ms }: Distribution) {
  return { count, p50Ms: p50Ms ?? null, p95Ms: p95Ms ?? null };
}

const sums = createRoute({
  method: "get",
  path: "/api/analytics",
  summary: "Sum up calls",
  description: "Counts, durations, latency and cost of the calls that began in a period.",
  tags: ["Calls"],
  request: { query: analyticsQuery },
  responses: { 200: { description: "The sums", content: json(analytics) }, ...errorAnswers },
});
