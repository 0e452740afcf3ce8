import { z } from "@hono/zod-openapi";
import { endReasons } from "../../call/types.ts";
import { callSorts, MAX_TERMS, readTerms, recordStatuses } from "../../services/store.ts";
import { callFilters, callSummary, soFar } from "./callSchemas.ts";
import { callOutcome } from "./outboundSchemas.ts";
import { wholeNumber } from "./schemaParts.ts";

/** Undefined for what is not at least four digits. */
function readNumber(text: string): { number: string } | { ending: string } | undefined {
  const plain = text.replaceAll(/[\s().\/\u2010-\u2015-]/g, "");
  if (/^\+[1-9]\d{3,14}$/.test(plain)) return { number: plain };
  if (/^00[1-9]\d{6,14}$/.test(plain)) return { number: `+${plain.slice(2)}` };
  // A national form: the country's code stands in the place of the 0.
  if (/^0[1-9]\d{6,14}$/.test(plain)) return { ending: plain.slice(1) };
  return /^\d{4,15}$/.test(plain) ? { ending: plain } : undefined;
}

const numberSought = z.string().max(40).transform((text, context) => {
  const read = readNumber(text);
  if (read !== undefined) return read;
  context.addIssue({
    code: "custom",
    message: "must be a phone number, or its last digits: four at least",
  });
  return z.NEVER;
}).openapi({
  type: "string",
  description: "Of either side: the whole number, or its last digits",
  example: "5550123",
});

const wordsSought = z.string().max(200, "must be 200 characters at most").transform(
  (text, context) => {
    const terms = readTerms(text);
    if (terms !== undefined) return terms;
    context.addIssue({ code: "custom", message: `must have 1 to ${MAX_TERMS} words` });
    return z.NEVER;
  },
).openapi({
  type: "string",
  description:
    'What was said in calls that are over, as far as it was heard: all of these words, wherever they were said. The last may be a beginning of three letters or more; `"in quotes"` words follow one another. Neither case nor accents count.',
  example: '"my order" refund',
});

/** A tag as it is kept. */
export const callTag = z.string().transform((tag) => tag.normalize("NFC").trim().toLowerCase())
  .pipe(
    z.string().regex(
      /^[\p{L}\p{N}][\p{L}\p{M}\p{N} _.:&+#-]{0,39}$/u,
      "must be 1 to 40 letters, digits, spaces and marks such as - and :",
    ),
  ).openapi({ type: "string", example: "complaint" });

/** A whole number of milliseconds in a query. */
const sought = (description: string) =>
  z.string().regex(/^\d{1,10}$/, "must be a whole number of milliseconds").transform(Number)
    .optional().openapi({ type: "integer", description });

const dollars = (description: string) =>
  z.string().regex(/^\d{1,6}(\.\d{1,6})?$/, "must be an amount such as 0.25").transform(Number)
    .optional().openapi({ type: "number", description });

/** What only the list of calls is filtered by, and its table. */
const callSearch = {
  ...callFilters,
  status: z.enum(recordStatuses).optional(),
  tag: callTag.optional(),
  outcome: callOutcome.optional(),
  endReason: z.enum(endReasons).optional(),
  number: numberSought.optional(),
  words: wordsSought.optional(),
  saidBy: z.enum(["caller", "agent"]).optional().openapi({
    description: "Whose words they must be; either's without it",
  }),
  minDurationMs: sought("Calls that lasted as long, or longer"),
  maxDurationMs: sought("Calls that lasted as long, or shorter"),
  minCostUsd: dollars("Calls of known cost that cost as much, or more"),
  maxCostUsd: dollars("Calls of known cost that cost as much, or less"),
  sort: z.enum(callSorts).default("newest").openapi({
    description: "`slowest`: by the latency that 95% of a call's turns kept",
  }),
};

/** Besides these, `analysis.NAME` selects by a value of the analysis: see `analysisParameters.ts`. */
export const callListQuery = z.strictObject({
  ...callSearch,
  cursor: z.string().min(1).max(200).optional().openapi({
    description: "`nextCursor` of the page before, which had the same `sort`",
  }),
  limit: wholeNumber({ min: 1, max: 200, fallback: 50 }),
});

export const callTableQuery = z.strictObject(callSearch);

const found = z.object({
  turnId: z.string(),
  role: z.enum(["caller", "agent"]),
  atMs: z.number().openapi({ description: "Milliseconds since the call began" }),
  text: z.string().openapi({ description: "Part of the turn: plain text" }),
  marks: z.array(z.object({ from: z.number(), to: z.number() })).openapi({
    description: "Ranges of `text` with the words, counted as JavaScript does: in UTF-16 units",
  }),
}).openapi("FoundWords", { description: "Where `words` were said; only where they are asked for" });

export const callList = z.object({
  calls: z.array(callSummary.extend({ ...soFar, found: found.optional() }).openapi("ListedCall")),
  nextCursor: z.string().nullable().openapi({
    description: "Null on the last page; with `words` a page may have fewer calls than `limit`",
  }),
  unindexed: z.number().optional().openapi({
    description: "How many calls `words` does not look into yet, for a moment after their end",
  }),
}).openapi("CallList");
