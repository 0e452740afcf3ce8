import { toInteger } from "../columns.ts";
import type { Row, Statement } from "../database.ts";
import { numberOf, textOf } from "../row.ts";
import { insertOfCall } from "./callStatements.ts";
import type { RedactedSpanRecord } from "./recordingRecord.ts";

export function redactedSpanStatement(
  callId: string,
  { side, fromMs, toMs }: RedactedSpanRecord,
): Statement {
  const columns = { side, from_ms: toInteger(fromMs), to_ms: toInteger(toMs) };
  return insertOfCall(
    "redacted_spans",
    callId,
    columns,
    "(call_id, side, from_ms, to_ms) DO NOTHING",
  );
}

/** Reads a row of `redacted_spans`. */
export function redactedSpanOf(row: Row): RedactedSpanRecord {
  const side = textOf(row, "side") === "agent" ? "agent" : "caller";
  return { side, fromMs: numberOf(row, "from_ms"), toMs: numberOf(row, "to_ms") };
}
