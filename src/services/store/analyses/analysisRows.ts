import { z } from "zod";
import { present } from "../../../utils/present.ts";
import type { Row } from "../database.ts";
import { choiceOf, maybeNumber, maybeText, numberOf, readableJson, textOf } from "../row.ts";
import {
  type AnalysisClaim,
  type AnalysisResult,
  analysisStates,
  type CallAnalysis,
  criterionResults,
} from "./analysis.ts";

const citation = { turnId: z.string().optional(), atMs: z.number().optional() };
const resultShape = z.object({
  summary: z.string().nullable(),
  fields: z.record(
    z.string(),
    z.object({ ...citation, value: z.union([z.string(), z.number(), z.boolean()]).nullable() }),
  ),
  success: z.record(
    z.string(),
    z.object({ ...citation, result: z.enum(criterionResults), reason: z.string() }),
  ),
  passed: z.boolean().nullable(),
});

/** Reads a row of `analyses`. */
export function analysisOf(row: Row): CallAnalysis {
  return {
    callId: textOf(row, "call_id"),
    state: choiceOf(row, "state", analysisStates),
    run: numberOf(row, "run"),
    ...present({
      reason: maybeText(row, "reason"),
      result: resultOf(row),
      model: maybeText(row, "model"),
      finishedAt: maybeNumber(row, "finished_at"),
    }),
  };
}

/** Reads the attempt that a row of `analyses` stands for. */
export function claimOf(row: Row): AnalysisClaim {
  return {
    callId: textOf(row, "call_id"),
    run: numberOf(row, "run"),
    attempts: numberOf(row, "attempts"),
  };
}

/** Undefined also for what another version has written. */
function resultOf(row: Row): AnalysisResult | undefined {
  const { data } = resultShape.safeParse(readableJson(row, "result"));
  if (data === undefined) return undefined;
  const cited = <T extends z.infer<z.ZodObject<typeof citation>>>(
    { turnId, atMs, ...rest }: T,
  ) => ({ ...rest, ...present({ turnId, atMs }) });
  return {
    summary: data.summary,
    fields: mapped(data.fields, cited),
    success: mapped(data.success, cited),
    passed: data.passed,
  };
}

function mapped<T, R>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => R,
): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
