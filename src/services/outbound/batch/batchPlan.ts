import { z } from "zod";
import { week } from "../../../config/hoursSchema.ts";
import type { BatchBreaker } from "../../store.ts";

const retryOutcome = z.enum(["busy", "no_answer", "machine", "voicemail", "failed"]);

const MINUTES_PER_DAY = 24 * 60;

/** When an item is dialled again after a call with one of these outcomes. */
export const batchRetry = z.strictObject({
  on: z.union([retryOutcome, z.array(retryOutcome).min(1).max(5)], {
    error: `must be one or more of ${retryOutcome.options.join(", ")}`,
  }),
  times: z.number().int().min(1).max(10),
  afterMinutes: z.number().int().min(1).max(7 * MINUTES_PER_DAY),
  otherTimeOfDay: z.boolean().optional(),
});

const stop = z.strictObject({
  failureShare: z.number().min(0.05).max(1).optional(),
  ofLast: z.number().int().min(2).max(1000).optional(),
  usd: z.number().positive().max(1_000_000).optional(),
});

/** The bounds of a batch, as its request gives them and the store keeps them. */
export const batchPlan = z.strictObject({
  hours: z.record(z.string(), z.string()).superRefine((given, context) => {
    for (const issue of week.safeParse(given).error?.issues ?? []) {
      context.addIssue({ code: "custom", path: issue.path, message: issue.message });
    }
  }).optional(),
  perMinute: z.number().min(0.01).max(6000).optional(),
  atOnce: z.number().int().min(1).max(1000).optional(),
  stop: stop.optional(),
  retry: z.union([batchRetry, z.array(batchRetry).max(8)]).optional(),
});

export type BatchPlan = Readonly<z.infer<typeof batchPlan>>;
export type BatchRetry = Readonly<z.infer<typeof batchRetry>>;

/** A plan as batches are placed by it. */
export interface ReadPlan {
  readonly week?: z.infer<typeof week>;
  readonly gapMs: number;
  readonly atOnce: number;
  readonly retries: readonly BatchRetry[];
  readonly breaker: BatchBreaker;
}

/** A line that fails is noticed after so many calls. */
const FAILURE_SHARE = 0.5;
const OF_LAST = 10;

/** Reads what the store keeps; bounds of a malformed plan do not hold. */
export function readPlan(stored: unknown): ReadPlan {
  const plan = batchPlan.safeParse(stored).data ?? {};
  const { hours, perMinute, atOnce = Infinity, retry = [], stop = {} } = plan;
  const times = hours === undefined ? undefined : week.safeParse(hours).data;
  return {
    ...(times !== undefined && { week: times }),
    gapMs: perMinute === undefined ? 0 : 60_000 / perMinute,
    atOnce,
    retries: Array.isArray(retry) ? retry : [retry],
    breaker: {
      failureShare: stop.failureShare ?? FAILURE_SHARE,
      ofLast: stop.ofLast ?? OF_LAST,
      usd: stop.usd ?? Infinity,
    },
  };
}
