import { z } from "@hono/zod-openapi";
import { batchPlan, batchRetry, MAX_ID_CHARS } from "../../services/outbound.ts";
import { common, consent, to, variables } from "./outboundSchemas.ts";
import { agentName, time, wholeNumber } from "./schemaParts.ts";

const instant = z.iso.datetime({
  offset: true,
  error: "must be a time with its zone, such as 2027-01-31T09:00:00Z",
});

const retry = z.strictObject(batchRetry.shape).openapi("BatchRetry", {
  description:
    "When an item is dialled again after a call with one of these outcomes, `times` at most. With `otherTimeOfDay`, in another part of the callee's day than before (8 to 12, 12 to 17, 17 to 21).",
});

// Made here, as only what is made after `@hono/zod-openapi` was loaded can be described.
const { hours, perMinute, atOnce, stop } = batchPlan.shape;
const plan = {
  hours: z.optional(hours.unwrap()).openapi({
    description:
      "Hours of the week by the callee's clocks, within those of the server; by days such as `mon-fri` or `sat,sun`.",
    example: { "mon-fri": "09:00-12:30, 13:30-18:00", sat: "10:00-14:00" },
  }),
  perMinute: z.optional(perMinute.unwrap()).openapi({ description: "Calls begun per minute." }),
  atOnce: z.optional(atOnce.unwrap()).openapi({ description: "Calls under way at a time." }),
  stop: z.optional(stop.unwrap()).openapi({
    description:
      "When the batch pauses by itself: at a share of failed calls (default 0.5) of the latest `ofLast` (default 10), or when its calls have cost `usd`. Busy and unanswered calls are no failures.",
  }),
  retry: z.union([retry, z.array(retry).max(8)], "must be a rule, or a list of rules").optional(),
};

const name = z.string().trim().min(1).max(100).regex(/^\P{Cc}*$/u, "must be one line of text");

const columnNames = z.strictObject({
  to: z.string().max(100),
  id: z.string().max(100),
  language: z.string().max(100),
  agent: z.string().max(100),
  consentSource: z.string().max(100),
  consentAt: z.string().max(100),
}).partial().openapi("BatchColumns", {
  description: "Headings of a CSV file, where they are not recognised by themselves.",
});

/** What is said of a batch beside its calls. */
export const batchOptions = z.strictObject({
  name: name.optional(),
  ...common,
  ...plan,
  language: z.string().min(2).max(35).optional(),
  country: z.string().regex(/^[A-Za-z]{2}$/, "must be a country code such as DE").optional()
    .openapi({ description: "Of numbers without a country code.", example: "DE" }),
  startsAt: instant.optional(),
  endsAt: instant.optional().openapi({
    description: "What has not been dialled by then is `expired`.",
  }),
  paused: z.boolean().optional().openapi({ description: "Waits until it is resumed." }),
  columns: columnNames.optional(),
}).openapi("BatchOptions");

/** More calls come as a file. */
export const MAX_JSON_CALLS = 1000;

export const requestedCall = z.strictObject({
  to,
  variables: variables.optional(),
  id: z.string().min(1).max(MAX_ID_CHARS).optional().openapi({
    description:
      "The item in your own system: a key gets one call of each id, however often it is sent.",
  }),
  language: z.string().min(2).max(35).optional(),
  agent: agentName.optional(),
  consent: consent.optional(),
});

/** What `POST /api/outbound/batches` takes as JSON. */
export const batchRequest = batchOptions.omit({ columns: true }).extend({
  calls: z.array(requestedCall).min(1).max(MAX_JSON_CALLS),
}).strict().openapi("BatchOfCalls");

/** The query of a CSV upload. */
export const csvQuery = z.strictObject({
  options: z.string().max(8000).optional().openapi({
    description: "Of a CSV body: `BatchOptions` as JSON.",
    example: '{"agent":"reminder","country":"DE"}',
  }),
});

/**
 * The body of a CSV upload by a form. No Zod schema, and of no type that says more: the library would read
 * the body by itself, without a bound.
 */
export const csvForm: object = {
  "multipart/form-data": {
    schema: {
      type: "object",
      properties: {
        file: { type: "string", format: "binary" },
        options: { type: "string", description: "`BatchOptions` as JSON." },
      },
      required: ["file"],
    },
  },
};

const index = z.number().int().openapi({
  description: "The place in the request, from 0: of all calls or lines, refused ones included.",
});
const line = z.number().int().openapi({
  description:
    "The line of the CSV file on which it begins, from 1; the headings are on the first.",
});

const refusal = z.object({
  index,
  line: line.optional(),
  column: z.string().optional(),
  code: z.string(),
  reason: z.string(),
  error: z.string(),
});

export const batchAnswer = z.object({
  batchId: z.string(),
  accepted: z.number().int(),
  refused: z.array(refusal).openapi({
    description: "The results of the batch have them, too.",
  }),
}).openapi("AcceptedBatch");

/** What would become of each call. */
export const batchPreview = z.object({
  accepted: z.number().int(),
  refused: z.number().int(),
  byReason: z.record(z.string(), z.number().int()),
  calls: z.array(z.object({
    index,
    line: line.optional(),
    column: z.string().optional(),
    to: z.string(),
    state: z.enum(["accepted", "waits", "refused"]),
    code: z.string().optional(),
    reason: z.string().optional(),
    error: z.string().optional(),
    notBefore: time.optional().openapi({
      description: "The earliest, by hours and the start of the batch.",
    }),
    country: z.string().optional(),
  })),
  columns: z.array(z.object({ heading: z.string(), role: z.string() })).optional(),
  encoding: z.string().optional(),
  estimate: z.object({
    calls: z.number().int(),
    minutesPerCall: z.number(),
    minutes: z.number(),
    usd: z.number(),
    basis: z.enum(["history", "assumed"]),
  }).openapi({
    description:
      "If all are answered: by the agent's latest calls, or else two minutes at the carrier's price.",
  }),
  room: z.number().int().openapi({ description: "Calls that the key may still add." }),
}).openapi("BatchPreview");

export const batchIdParam = z.object({
  id: z.string().regex(/^batch_[0-9a-z]{1,64}$/, "must be a batchId"),
});

export const batchItemParam = batchIdParam.extend({
  item: z.string().regex(/^\d{1,5}$/, "must be the index of a call").transform(Number)
    .openapi({ type: "integer" }),
});

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

/** What may be changed of a paused batch; null takes a bound away. */
export const batchEdit = z.strictObject({
  name: name.optional(),
  startsAt: instant.nullable().optional(),
  endsAt: instant.nullable().optional(),
  hours: plan.hours.nullable(),
  perMinute: plan.perMinute.nullable(),
  atOnce: plan.atOnce.nullable(),
  stop: plan.stop.nullable(),
  retry: plan.retry.nullable(),
}).openapi("BatchEdit");

export const itemEdit = z.strictObject({ to: to.optional(), variables: variables.optional() })
  .openapi("BatchItemEdit");
