import { z } from "@hono/zod-openapi";
import { index, line } from "./batchSchemas.ts";
import { time, wholeNumber } from "./schemaParts.ts";

const progress = z.object({
  pending: z.number().int(),
  placing: z.number().int(),
  placed: z.number().int(),
  ended: z.number().int(),
  refused: z.number().int(),
  cancelled: z.number().int(),
  expired: z.number().int(),
});

/** How far a batch has got. */
export const batchState = z.object({
  batchId: z.string(),
  createdAt: time,
  total: z.number().int(),
  progress,
  calls: z.array(z.object({
    index,
    to: z.string(),
    state: z.string(),
    callId: z.string().nullable(),
    detail: z.string().nullable(),
  })),
  /** Where the next page begins. */
  next: z.number().int().nullable(),
}).openapi("BatchCalls");

/** A batch in a list. */
export const batchSummary = z.object({
  batchId: z.string(),
  name: z.string().nullable(),
  key: z.string().nullable(),
  agent: z.string().nullable(),
  state: z.enum(["scheduled", "running", "paused", "cancelled", "done"]),
  pauseReason: z.enum(["operator", "failures", "spend"]).nullable(),
  createdAt: time,
  startsAt: time.nullable(),
  endsAt: time.nullable(),
  startedAt: time.nullable(),
  doneAt: time.nullable(),
  total: z.number().int(),
  progress,
}).openapi("BatchSummary");

export const batchList = z.object({
  batches: z.array(batchSummary),
  nextCursor: z.string().nullable(),
}).openapi("BatchList");

export const batchListQuery = z.strictObject({
  limit: wholeNumber({ min: 1, max: 100, fallback: 20 }),
  cursor: z.string().regex(/^batch_[0-9a-z]{1,64}$/, "must be a cursor").optional(),
});

/** A batch with its figures. */
export const batchDetail = batchSummary.extend({
  plan: z.record(z.string(), z.unknown()),
  outcomes: z.array(z.object({
    state: z.string(),
    detail: z.string(),
    items: z.number().int(),
  })),
  calls: z.number().int().openapi({ description: "Made so far, further attempts included." }),
  minutes: z.number(),
  usd: z.number(),
  unpriced: z.number().int().openapi({ description: "Calls whose cost is not known." }),
  callsPerMinute: z.number().openapi({ description: "Over the last ten minutes." }),
  estimatedEnd: time.nullable(),
  events: z.array(z.object({ type: z.string(), at: time, reason: z.string().nullable() })),
}).openapi("Batch");

const nullableText = z.string().nullable();

export const batchResults = z.object({
  results: z.array(z.object({
    index,
    line: line.nullable(),
    id: nullableText,
    to: z.string(),
    state: z.string(),
    detail: nullableText,
    error: nullableText.openapi({ description: "Why it was refused when the batch was sent." }),
    dueAt: time.nullable(),
    outcome: nullableText,
    attempts: z.number().int(),
    firstCallAt: time.nullable(),
    lastCallAt: time.nullable(),
    endedAt: time.nullable(),
    durationSeconds: z.number().nullable(),
    usd: z.number().nullable(),
    callIds: z.array(z.string()),
    variables: z.record(z.string(), z.string()),
    fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable()),
    summary: nullableText,
    passed: z.boolean().nullable(),
  })),
  next: z.number().int().nullable(),
}).openapi("BatchResults");

export const resultsQuery = z.strictObject({
  limit: wholeNumber({ min: 1, max: 500, fallback: 100 }),
  after: wholeNumber({ min: 0, max: 10_000, fallback: 0 }),
});
