import { callDirections } from "../../../call/types.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { jsonOrText } from "../../../utils/jsonOrText.ts";
import { present } from "../../../utils/present.ts";
import type { RecordedCall, RecordedTool, RecordedTurn } from "../../callEvidence.ts";

/** Reads what `GET /api/calls/{id}` answers; undefined for anything else. */
export function readRecord(value: unknown): RecordedCall | undefined {
  if (!isRecord(value) || typeof value["id"] !== "string") return undefined;
  const { id, agent, end, outcome, answeredBy, cost, turns, tools, transfers, analysis } = value;
  const { startedAt, answeredAt, durationMs } = value;
  return {
    id,
    ...present({
      agent: textOf(agent),
      direction: callDirections.find((one) => one === value["direction"]),
      answeredMs: between(startedAt, answeredAt),
      durationMs: amountOf(durationMs),
      end: endOf(end),
      outcome: textOf(outcome),
      answeredBy: textOf(answeredBy),
      costUsd: isRecord(cost) ? amountOf(cost["usd"]) : undefined,
      analysisUsd: isRecord(cost) && isRecord(cost["parts"])
        ? amountOf(cost["parts"]["analysis"])
        : undefined,
      analysis: analysisOf(analysis),
      analysisState: isRecord(analysis) ? textOf(analysis["state"]) : undefined,
    }),
    latenciesMs: recordsIn(value["latencies"]).flatMap(({ totalMs }) => amountOf(totalMs) ?? []),
    turns: recordsIn(turns).flatMap(turnOf),
    tools: recordsIn(tools).flatMap(toolOf),
    transfers: recordsIn(transfers).flatMap(transferOf),
  };
}

function endOf(end: unknown): RecordedCall["end"] {
  if (!isRecord(end) || typeof end["reason"] !== "string") return undefined;
  return { reason: end["reason"], ...present({ detail: textOf(end["detail"]) }) };
}

function transferOf(
  { alias, step, connectedAt, why, target, spokeMs }: Record<string, unknown>,
): RecordedCall["transfers"] {
  if (typeof alias !== "string" || typeof step !== "string") return [];
  return [{
    ...{ alias, step, isConnected: typeof connectedAt === "string" },
    ...present({ why: textOf(why), target: amountOf(target), spokeMs: amountOf(spokeMs) }),
  }];
}

function turnOf(
  { id, role, text, interrupted, unheard, by, ...times }: Record<string, unknown>,
): readonly RecordedTurn[] {
  const [startedMs, endedMs] = [finiteOf(times["startedMs"]), finiteOf(times["endedMs"])];
  if (typeof id !== "string" || typeof text !== "string" || startedMs === undefined) return [];
  if (role !== "agent" && role !== "caller") return [];
  return [{
    ...{ id, role, text, startedMs },
    interrupted: interrupted === true,
    ...present({
      unheard: textOf(unheard),
      by: ways.find((way) => way === by),
      endedMs,
    }),
  }];
}

function toolOf(tool: Record<string, unknown>): readonly RecordedTool[] {
  const { name, arguments: args, result } = tool;
  const startedMs = finiteOf(tool["startedMs"]);
  if (typeof name !== "string" || startedMs === undefined) return [];
  const { ok, output, durationMs } = isRecord(result) ? result : {};
  return [{
    ...{ name, arguments: typeof args === "string" ? jsonOrText(args) : args, startedMs },
    ...present({
      ok: typeof ok === "boolean" ? ok : undefined,
      output: textOf(output),
      durationMs: amountOf(durationMs),
    }),
  }];
}

const ways = ["voice", "text", "keypad", "operator", "whisper"] as const;

function between(from: unknown, to: unknown): number | undefined {
  if (typeof from !== "string" || typeof to !== "string") return undefined;
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** The fields with their values, and the criteria with their results; undefined before there is one. */
function analysisOf(analysis: unknown): RecordedCall["analysis"] {
  if (!isRecord(analysis) || analysis["state"] !== "done") return undefined;
  const { fields, success } = analysis;
  const part = (all: unknown, name: string) =>
    Object.entries(isRecord(all) ? all : {}).map(([key, one]) =>
      [key, isRecord(one) ? one[name] : one] as const
    );
  return Object.fromEntries([...part(fields, "value"), ...part(success, "result")]);
}

function recordsIn(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Money, or how long something took: another server may say anything, and what it says counts against limits. */
function amountOf(value: unknown): number | undefined {
  const amount = finiteOf(value);
  return amount !== undefined && amount >= 0 ? amount : undefined;
}

/** JSON has numbers that are too large, such as 1e999. */
function finiteOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
