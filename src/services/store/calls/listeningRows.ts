import { present } from "../../../utils/present.ts";
import { toInteger } from "../columns.ts";
import type { Row, Statement } from "../database.ts";
import { maybeNumber, maybeText, numberOf, textOf } from "../row.ts";
import { insertOfCall } from "./callStatements.ts";
import type { ListeningRecord } from "./listeningRecord.ts";

/** A beginning or an end, to be written. */
export interface ListeningWrite {
  readonly type: "listeningStarted" | "listeningEnded";
  readonly id: string;
  readonly by?: string;
  readonly atMs: number;
}

export function listeningStatement(
  callId: string,
  { type, id, by, atMs }: ListeningWrite,
): Statement {
  if (type === "listeningStarted") {
    const columns = { id, key_name: by ?? null, from_ms: toInteger(atMs) };
    return insertOfCall("listenings", callId, columns, "(call_id, id) DO NOTHING");
  }
  return {
    sql: "UPDATE listenings SET to_ms = $3 WHERE call_id = $1 AND id = $2 AND to_ms IS NULL",
    values: [callId, id, toInteger(atMs)],
  };
}

/** Reads a row of `listenings`. */
export function listeningOf(row: Row): ListeningRecord {
  return {
    id: textOf(row, "id"),
    fromMs: numberOf(row, "from_ms"),
    ...present({ keyName: maybeText(row, "key_name"), toMs: maybeNumber(row, "to_ms") }),
  };
}
