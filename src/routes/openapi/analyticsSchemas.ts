import { z } from "@hono/zod-openapi";
import { analysisSums } from "./analysisSchemas.ts";
import { callFilters, usage } from "./callSchemas.ts";
import { wholeMs } from "./schemaParts.ts";

export const analyticsQuery = z.strictObject(callFilters);

const counts = z.record(z.string(), z.number());
const distribution = {
  count: z.number(),
  p50Ms: wholeMs.nullable(),
  p95Ms: wholeMs.nullable(),
};

export const analytics = z.object({
  calls: z.number(),
  byStatus: counts,
  byDirection: counts,
  byAgent: counts,
  byEndReason: counts,
  byOutcome: counts,
  duration: z.object({ ...distribution, totalMs: wholeMs }),
  latency: z.object(distribution).openapi({
    description: "Of all turns, from the caller's last sound to the agent's first",
  }),
  cost: z.object({
    usd: z.number().openapi({ description: "The sum of what is known" }),
    unknown: z.number().openapi({ description: "Ended calls whose cost is not known" }),
    savedUsd: z.number().openapi({
      description: "What `context: compact` has saved, by estimate; negative where it cost more",
    }),
  }),
  usage,
  analysis: analysisSums,
}).openapi("Analytics");
