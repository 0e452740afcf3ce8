import {
  consentKinds,
  type RecordingConsent,
  type RecordingSpan,
  recordingStates,
} from "../../../call/callEvent.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { present } from "../../../utils/present.ts";
import { toInteger, toStorable } from "../columns.ts";
import type { Row, Statement } from "../database.ts";
import { maybeNumber, readableJson, textOf } from "../row.ts";
import type { RecordingRecord, RecordingWrite } from "./recordingRecord.ts";
import { insertOfCall } from "./callStatements.ts";

export function recordingStatement(callId: string, write: RecordingWrite): Statement {
  switch (write.type) {
    case "recording":
      return insertOfCall("recordings", callId, {
        instance_id: write.instanceId,
        status: JSON.stringify(write.status),
      }, "(call_id) DO UPDATE SET status = excluded.status, instance_id = excluded.instance_id");
    case "recordingFinished":
      return {
        sql: `UPDATE recordings SET bytes = $2, duration_ms = $3
          WHERE call_id = $1 AND removed_at IS NULL`,
        values: [callId, toInteger(write.bytes), toInteger(write.durationMs)].map(toStorable),
      };
    case "recordingTold":
      return {
        sql: "UPDATE recordings SET finished_at = $2 WHERE call_id = $1",
        values: [callId, toInteger(write.at)].map(toStorable),
      };
    case "recordingRemoved":
      return {
        sql: `UPDATE recordings SET removed_at = $2, bytes = NULL
          WHERE call_id = $1 AND removed_at IS NULL`,
        values: [callId, toInteger(write.at)].map(toStorable),
      };
  }
}

/** Reads a row of `recordings`. */
export function recordingOf(row: Row): RecordingRecord {
  const status = readableJson(row, "status");
  const known = isRecord(status) ? status : {};
  const state = recordingStates.find((one) => one === known.state) ?? "failed";
  const { by, reason, atMs, spans, consent } = known;
  return {
    instanceId: textOf(row, "instance_id"),
    state,
    atMs: typeof atMs === "number" ? atMs : 0,
    ...((by === "agent" || by === "operator" || by === "caller") && { by }),
    ...(typeof reason === "string" && { reason }),
    spans: Array.isArray(spans) ? spans.flatMap(spanOf) : [],
    ...present({
      consent: consentOf(consent),
      bytes: maybeNumber(row, "bytes"),
      durationMs: maybeNumber(row, "duration_ms"),
      finishedAt: maybeNumber(row, "finished_at"),
      removedAt: maybeNumber(row, "removed_at"),
    }),
  };
}

function spanOf(span: unknown): readonly RecordingSpan[] {
  if (!isRecord(span)) return [];
  const { kind, fromMs, toMs } = span;
  if (kind !== "recorded" && kind !== "paused" || typeof fromMs !== "number") return [];
  return [{ kind, fromMs, ...(typeof toMs === "number" && { toMs }) }];
}

function consentOf(consent: unknown): RecordingConsent | undefined {
  if (!isRecord(consent)) return undefined;
  const { atMs, announcement, words, saidMs, key } = consent;
  const kind = consentKinds.find((one) => one === consent.kind);
  if (kind === undefined) return undefined;
  if (typeof atMs !== "number" || typeof announcement !== "string") return undefined;
  return {
    ...{ kind, atMs, announcement },
    ...(typeof words === "string" && { words }),
    ...(typeof saidMs === "number" && { saidMs }),
    ...(typeof key === "string" && { key }),
  };
}
