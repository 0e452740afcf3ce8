import { createRoute } from "@hono/zod-openapi";
import { type Analytics, bucketEdges, MAX_BUCKETS } from "../services/records.ts";
import type { CallAnalytics, Distribution, SeriesLine, SeriesPoint } from "../services/store.ts";
import type { Clock } from "../utils/clock.ts";
import type { RequireScope } from "./middleware/access.ts";
import { orBusy } from "./analyticsBusy.ts";
import { filterFor } from "./callFilters.ts";
import { analytics as sumsSchema, analyticsQuery } from "./openapi/analyticsSchemas.ts";
import { series, seriesQuery } from "./openapi/seriesSchemas.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { answer, apiRoutes, errorAnswers } from "./openapi/schemaParts.ts";
import { present } from "../utils/present.ts";

/** `GET /api/analytics` and what is under it: sums of a period's calls, and how they went over time. */
export function analyticsRoutes({ access, analytics, now }: Pick<Clock, "now"> & {
  readonly access: RequireScope;
  readonly analytics: Analytics;
}) {
  const routes = apiRoutes();
  routes.openapi({ ...sums, middleware: [access("calls:read")] }, async (c) => {
    const filter = filterFor(c.get("caller"), c.req.valid("query"));
    return c.json(viewAnalytics(await orBusy(analytics.sums(filter))), 200);
  });
  routes.openapi({ ...overTime, middleware: [access("calls:read")] }, async (c) => {
    const { interval, zone, groupBy, ...query } = c.req.valid("query");
    const { since, until, ...filter } = filterFor(c.get("caller"), query);
    const edges = bucketEdges({ interval, zone, since, until }, now());
    if (edges === undefined) throw tooLong();
    const question = { filter: { ...filter, ...present({ since, until }) }, edges };
    const lines = await orBusy(analytics.series({ ...question, ...present({ groupBy }) }));
    const answered = {
      ...{ interval, zone, groupBy: groupBy ?? null },
      from: timeOf(edges[0]),
      to: timeOf(edges.at(-1)),
      series: lines.map((line) => viewLine(line, edges)),
    };
    return c.json(answered, 200);
  });
  return routes;
}

function tooLong(): HttpProblem {
  return new HttpProblem(
    422,
    "period_too_long",
    "A series has {most} points at most: ask for a shorter period or a longer interval.",
    { values: { most: MAX_BUCKETS } },
  );
}

function viewAnalytics(found: CallAnalytics) {
  return {
    ...found,
    duration: { ...viewDistribution(found.duration), totalMs: found.duration.totalMs },
    latency: viewDistribution(found.latency),
    analysis: { ...found.analysis, passedShare: shareOf(found.analysis) },
  };
}

function viewLine({ name, isRest, points }: SeriesLine, edges: readonly number[]) {
  return { name, isRest, points: points.map((point, at) => viewPoint(point, edges[at])) };
}

function viewPoint(point: SeriesPoint, at: number | undefined) {
  const { calls, connectedMs, outcomes, endReasons, usd, unpriced, agentTurns } = point;
  const { interrupted: interruptions } = point;
  return {
    at: timeOf(at),
    calls,
    minutes: Math.round(connectedMs / 600) / 100,
    ...{ outcomes, endReasons, cost: { usd, unknown: unpriced } },
    latency: viewDistribution(point.latency),
    ...{ agentTurns, interruptions },
    interruptedShare: agentTurns === 0 ? null : interruptions / agentTurns,
    tools: point.tools,
  };
}

function timeOf(ms: number | undefined): string {
  return new Date(ms ?? 0).toISOString();
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
  responses: { 200: answer("The sums", sumsSchema), ...errorAnswers },
});

const overTime = createRoute({
  method: "get",
  path: "/api/analytics/series",
  operationId: "getAnalyticsSeries",
  summary: "Follow calls over time",
  description:
    "Calls, minutes, outcomes, cost, latency, interruptions and tools by the hour, day or week in which calls began, in one line or by agent, key or direction.",
  tags: ["Calls"],
  request: { query: seriesQuery },
  responses: { 200: answer("A line for each group", series), ...errorAnswers },
});
