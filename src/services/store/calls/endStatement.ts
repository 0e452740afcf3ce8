import type { Statement } from "../database.ts";
import type { CallCost, CallEnding, CallUsage } from "./callRecord.ts";
import {
  type Columns,
  finiteOrZero,
  integerOrNull,
  toDurationMs,
  toInteger,
  updateCall,
} from "./callStatements.ts";

/** Ends a call that has not ended; an outcome that is recorded already stays. */
export function endStatement(callId: string, ending: CallEnding): Statement {
  const columns: Columns = {
    status: "ended",
    ended_at: toInteger(ending.endedAt),
    untold_since: toInteger(ending.endedAt),
    duration_ms: toDurationMs(ending.durationMs),
    end_reason: ending.end.reason,
    end_detail: ending.end.detail ?? null,
    cost_usd: ending.cost.usd,
    cost_parts: costParts(ending.cost),
    latency_turns: ending.latency?.turns ?? null,
    latency_p50_ms: integerOrNull(ending.latency?.p50Ms),
    latency_p95_ms: integerOrNull(ending.latency?.p95Ms),
    latencies_ms: ending.latenciesMs.length === 0
      ? null
      : ending.latenciesMs.map(toDurationMs).join(","),
    ...usageColumns(ending.usage),
  };
  const { sql, values } = updateCall(callId, columns, "AND ended_at IS NULL");
  if (ending.outcome === undefined) return { sql, values };
  return {
    sql: sql.replace(" WHERE ", `, outcome = COALESCE(outcome, $${values.length + 1}) WHERE `),
    values: [...values, ending.outcome],
  };
}

/** The parts of a cost, as JSON for `cost_parts`. */
export function costParts({ parts, telephonyEstimated }: CallCost): string {
  return JSON.stringify({ ...parts, ...(telephonyEstimated && { telephonyEstimated }) });
}

/** The columns of `calls` that hold a usage. */
export function usageColumns(usage: CallUsage): Columns {
  return {
    input_text: toInteger(usage.inputText),
    input_audio: toInteger(usage.inputAudio),
    cached_text: toInteger(usage.cachedText),
    cached_audio: toInteger(usage.cachedAudio),
    output_text: toInteger(usage.outputText),
    output_audio: toInteger(usage.outputAudio),
    responses: toInteger(usage.responses),
    transcription_input: toInteger(usage.transcriptionInput),
    transcription_output: toInteger(usage.transcriptionOutput),
    transcription_seconds: finiteOrZero(usage.transcriptionSeconds),
  };
}
