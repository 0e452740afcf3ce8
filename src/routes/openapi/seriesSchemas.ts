import { z } from "@hono/zod-openapi";
import { isTimeZone } from "../../config/isTimeZone.ts";
import { intervals, MAX_BUCKETS } from "../../services/records.ts";
import { seriesGroups } from "../../services/store.ts";
import { callFilters } from "./callSchemas.ts";
import { time, wholeMs } from "./schemaParts.ts";

export const seriesQuery = z.strictObject({
  ...callFilters,
  interval: z.enum(intervals).default("day").openapi({
    description:
      `At most ${MAX_BUCKETS} of them; without \`from\`, the last 48 hours, 30 days or 26 weeks`,
  }),
  groupBy: z.enum(seriesGroups).optional(),
  zone: z.string().max(64).refine(isTimeZone, "must be a time zone such as Europe/London")
    .default("UTC").openapi({
      description: "By whose clocks hours, days and weeks begin",
      example: "Europe/Berlin",
    }),
});

const counts = z.record(z.string(), z.number());
const share = z.number().nullable();

const point = z.object({
  at: time.openapi({ description: "When the hour, day or week begins" }),
  calls: z.number(),
  minutes: z.number().openapi({ description: "From the answers of calls to their ends" }),
  outcomes: counts.openapi({ description: "Of calls that were placed", example: { human: 3 } }),
  endReasons: counts,
  cost: z.object({
    usd: z.number().openapi({ description: "The sum of what is known" }),
    unknown: z.number().openapi({ description: "Ended calls whose cost is not known" }),
  }),
  latency: z.object({
    count: z.number(),
    p50Ms: wholeMs.nullable(),
    p95Ms: wholeMs.nullable(),
  }).openapi({ description: "Of all turns, from the caller's last sound to the agent's first" }),
  agentTurns: z.number(),
  interruptions: z.number().openapi({
    description: "Turns of agents that callers cut off before their last word",
  }),
  interruptedShare: share.openapi({ description: "Of the turns of agents; null without any" }),
  tools: z.record(z.string(), z.object({ calls: z.number(), failed: z.number() })).openapi({
    description: "The tools with the most calls; `…` stands for the others",
  }),
});

export const series = z.object({
  interval: z.enum(intervals),
  zone: z.string(),
  groupBy: z.enum(seriesGroups).nullable(),
  from: time,
  to: time.openapi({ description: "Where the last interval ends" }),
  series: z.array(z.object({
    name: z.string().nullable().openapi({
      description: "Of the agent, key or direction; null without one, and where nothing is grouped",
    }),
    isRest: z.boolean().openapi({ description: "All groups that have no line of their own" }),
    points: z.array(point),
  })).openapi({ description: "The eight groups with the most calls, and the rest" }),
}).openapi("AnalyticsSeries");
