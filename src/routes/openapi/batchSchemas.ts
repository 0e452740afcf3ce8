import { z } from "@hono/zod-openapi";
import { batchPlan, batchRetry, MAX_ID_CHARS } from "../../services/outbound.ts";
import { common, consent, missingNames, to, variables } from "./outboundSchemas.ts";
import { agentName, time } from "./schemaParts.ts";

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

/** Where a call stands in what was sent. */
export const index = z.number().int().openapi({
  description: "The place in the request, from 0: of all calls or lines, refused ones included.",
});
export const line = z.number().int().openapi({
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
  missingVariables: missingNames,
  refused: z.array(refusal).openapi({
    description: "The results of the batch have them, too.",
  }),
}).openapi("AcceptedBatch");

/** What would become of each call. */
export const batchPreview = z.object({
  accepted: z.number().int(),
  refused: z.number().int(),
  byReason: z.record(z.string(), z.number().int()),
  missingVariables: missingNames,
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
    missingVariables: missingNames,
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
