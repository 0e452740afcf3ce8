import { isRecord } from "../../utils/isRecord.ts";
import { present } from "../../utils/present.ts";
import type { RecordedCall, RecordedTool, RecordedTurn } from "../callEvidence.ts";

/** Reads what `GET /api/calls/{id}` answers; undefined for anything else. */
export function readRecord(value: unknown): RecordedCall | undefined {
  if (!isRecord(value) || typeof value["id"] !== "string") return undefined;
  const { id, end, outcome, answeredBy, cost, turns, tools, transfers, analysis } = value;
  return {
    id,
    ...present({
      end: endOf(end),
      outcome: textOf(outcome),
      answeredBy: textOf(answeredBy),
      costUsd: isRecord(cost) ? numberOf(cost["usd"]) : undefined,
      analysis: isRecord(analysis) && isRecord(analysis["fields"])
        ? { ...analysis["fields"], ...success(analysis["success"]) }
        : undefined,
    }),
    turns: recordsIn(turns).flatMap(turnOf),
    tools: recordsIn(tools).flatMap(toolOf),
    transfers: recordsIn(transfers).flatMap(({ alias, step, connectedAt }) =>
      typeof alias === "string" && typeof step === "string"
        ? [{ alias, step, isConnected: typeof connectedAt === "string" }]
        : []
    ),
  };
}

function endOf(end: unknown): RecordedCall["end"] {
  if (!isRecord(end) || typeof end["reason"] !== "string") return undefined;
  return { reason: end["reason"], ...present({ detail: textOf(end["detail"]) }) };
}

function turnOf(
  { id, role, text, interrupted, startedMs, endedMs }: Record<string, unknown>,
): readonly RecordedTurn[] {
  if (typeof id !== "string" || typeof text !== "string" || typeof startedMs !== "number") {
    return [];
  }
  if (role !== "agent" && role !== "caller") return [];
  return [{
    ...{ id, role, text, startedMs },
    interrupted: interrupted === true,
    ...present({ endedMs: numberOf(endedMs) }),
  }];
}

function toolOf(tool: Record<string, unknown>): readonly RecordedTool[] {
  const { name, arguments: args, startedMs, result } = tool;
  if (typeof name !== "string" || typeof startedMs !== "number") return [];
  const ok = isRecord(result) && typeof result["ok"] === "boolean" ? result["ok"] : undefined;
  return [{ name, arguments: parsed(args), startedMs, ...present({ ok }) }];
}

function success(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function recordsIn(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
