import type { TokenUsage } from "../../../call/realtimeClient.ts";
import { present } from "../../../utils/present.ts";
import { toInteger } from "../columns.ts";
import type { Database, Row, Statement } from "../database.ts";
import { maybeNumber, maybeText, numberOf, readableJson } from "../row.ts";
import { insertOfCall } from "./callStatements.ts";
import type { ResponseUsageRecord, ResponseUsageWrite } from "./responseUsageRecord.ts";

export function responseUsageStatement(
  callId: string,
  { sequence, response: { atMs, itemId, model, usage, usd } }: ResponseUsageWrite,
): Statement {
  const columns = {
    sequence,
    at_ms: toInteger(atMs),
    item_id: itemId ?? null,
    model: model ?? null,
    usage: JSON.stringify(MEMBERS.map((member) => toInteger(usage[member]))),
    usd: usd ?? null,
  };
  return insertOfCall("response_usages", callId, columns, "(call_id, sequence) DO NOTHING");
}

/** Reads a row of `response_usages`. */
export function responseUsageOf(row: Row): ResponseUsageRecord {
  const stored = readableJson(row, "usage");
  const counts = Array.isArray(stored) ? stored : [];
  const usage = { ...NONE };
  MEMBERS.forEach((member, at) => {
    if (typeof counts[at] === "number") usage[member] = counts[at];
  });
  return {
    atMs: numberOf(row, "at_ms"),
    usage,
    ...present({
      itemId: maybeText(row, "item_id"),
      model: maybeText(row, "model"),
      usd: maybeNumber(row, "usd"),
    }),
  };
}

/** The expression for the audio tokens that a response has put out, by its `usage`. */
export function outputAudioIn(kind: Database["kind"], usage: string): string {
  const at = MEMBERS.indexOf("outputAudio");
  return kind === "postgres"
    ? `CAST(CAST(${usage} AS json) ->> ${at} AS BIGINT)`
    : `json_extract(${usage}, '$[${at}]')`;
}

const NONE = {
  inputText: 0,
  inputAudio: 0,
  cachedText: 0,
  cachedAudio: 0,
  outputText: 0,
  outputAudio: 0,
};
/** In the order in which they are stored. */
const MEMBERS = [
  "inputText",
  "inputAudio",
  "cachedText",
  "cachedAudio",
  "outputText",
  "outputAudio",
] as const satisfies readonly (keyof TokenUsage)[];
