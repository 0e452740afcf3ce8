import { z } from "@hono/zod-openapi";
import { analysisStates, criterionResults } from "../../services/store.ts";

const citation = {
  turnId: z.string().optional().openapi({ description: "The turn that says so" }),
  atMs: z.number().optional().openapi({
    description: "When that was said, or the tool used; milliseconds since the call began",
  }),
};

export const analysis = z.object({
  state: z.enum(analysisStates),
  reason: z.string().nullable().openapi({
    description:
      "Why it was skipped or failed: `no_conversation`, `too_short`, `limit`, `off`, `timeout`, `http_401`...; while it is pending, what went wrong last",
    example: "too_short",
  }),
  run: z.number().openapi({ description: "Counts from 1: each request to run it again adds one" }),
  summary: z.string().nullable(),
  fields: z.record(
    z.string(),
    z.object({
      value: z.union([z.string(), z.number(), z.boolean()]).nullable().openapi({
        description: "Null for what was not said",
      }),
      ...citation,
    }),
  ),
  success: z.record(
    z.string(),
    z.object({ result: z.enum(criterionResults), reason: z.string(), ...citation }),
  ),
  passed: z.boolean().nullable().openapi({
    description:
      "False where a criterion failed or a required field has no value, true where all is met, else null",
  }),
  model: z.string().nullable(),
  usd: z.number().nullable().openapi({
    description: "US dollars of all runs; null where nothing was spent or a price is not known",
  }),
  at: z.iso.datetime().nullable().openapi({ description: "When the last run was over" }),
}).openapi("Analysis", {
  description: "A run that does not succeed leaves the result of the one before.",
});

const counts = z.record(z.string(), z.number());

export const analysisSums = z.object({
  byState: z.object({
    pending: z.number(),
    done: z.number(),
    skipped: z.number(),
    failed: z.number(),
  }),
  passed: z.number(),
  failed: z.number(),
  passedShare: z.number().nullable().openapi({
    description: "Of those that passed or failed; null without any",
    example: 0.82,
  }),
  criteria: z.record(z.string(), counts).openapi({
    description: "`pass`, `fail` and `unknown` by criterion",
  }),
  values: z.record(z.string(), counts).openapi({
    description: "How often each value occurred, of booleans and fields with `enum`",
  }),
}).openapi("AnalysisSums");

/** `passed` in a query. */
export const passed = z.enum(["true", "false"]).optional().openapi({
  description: "Only calls whose analysis passed, or failed",
});

export const analyzeAnswer = z.object({
  success: z.literal(true),
  callId: z.string(),
  analysis,
}).openapi("AcceptedAnalysis");
