import type { CallEvent, TranscriptTurn, TurnLatency } from "../../../call/callEvent.ts";
import type { CallChanges, CallEnding, HandoffRecord, NewCall } from "./callRecord.ts";
import {
  columnsOfSavings,
  columnsOfUsage,
  endCall,
  ifHeldBy,
  insertOfCall,
  updateCall,
} from "./callStatements.ts";
import { type Columns, integerOrNull, placeholders, toInteger, toStorable } from "../columns.ts";
import type { Statement } from "../database.ts";
import { handoffStatements } from "./handoffWrites.ts";
import { mustHearStatement } from "./mustHearWrites.ts";
import type { RecordingWrite } from "./recordingRecord.ts";
import { recordingStatement } from "./recordingRows.ts";
import { listeningStatement, type ListeningWrite } from "./listeningRows.ts";
import { redactedSpanStatement } from "./redactedSpanRows.ts";
import type { ResponseUsageWrite } from "./responseUsageRecord.ts";
import { responseUsageStatement } from "./responseUsageRows.ts";
import { transferStatements, type TransferWrite } from "./transferRows.ts";
import { turnStatement } from "./turnWrites.ts";
import { present } from "../../../utils/present.ts";

/** One write about a call. Each is idempotent. */
export type CallWrite =
  & { readonly callId: string }
  & (
    | { readonly type: "opened"; readonly call: NewCall }
    /**
     * With `holder`, the usage, the savings and the planned end count only while that process holds the
     * call: they replace what is stored.
     */
    | { readonly type: "changed"; readonly changes: CallChanges; readonly holder?: string }
    /** `isGreeting`: what the agent began the conversation with. */
    | { readonly type: "turn"; readonly turn: TranscriptTurn; readonly isGreeting?: boolean }
    | (Extract<CallEvent, { type: "toolStarted" }> & { readonly startedMs: number })
    /** `atMs` is when it ended, since the call began. */
    | (Extract<CallEvent, { type: "toolEnded" }> & { readonly atMs: number })
    | {
      readonly type: "latency";
      readonly itemId: string;
      readonly sequence: number;
      readonly latency: TurnLatency;
    }
    /** One that was heard stays heard. */
    | Extract<CallEvent, { type: "mustHear" }>
    | ResponseUsageWrite
    /** Without digits where they are sensitive. */
    | {
      readonly type: "digits";
      readonly sequence: number;
      readonly atMs: number;
      readonly digits?: string;
    }
    | {
      readonly type: "handoff";
      readonly sequence: number;
      readonly handoff: HandoffRecord;
    }
    | RecordingWrite
    | Extract<CallEvent, { type: "redacted" }>
    | TransferWrite
    | ListeningWrite
    /** The first one counts; one by `holder` only while that process holds the call. */
    | { readonly type: "ended"; readonly ending: CallEnding; readonly holder?: string }
  );

/** The statements of a write; none of them fails for a call that does not exist or was erased. */
export function statementsFor(write: CallWrite): readonly Statement[] {
  const { callId } = write;
  switch (write.type) {
    case "opened":
      return [insertCall(write.call)];
    case "changed":
      return changeCall(callId, write.changes, write.holder);
    case "turn":
      return [turnStatement(callId, write.turn, write.isGreeting)];
    case "toolStarted":
      return [
        insertOfCall("tool_calls", callId, {
          id: write.toolCallId,
          name: write.name,
          arguments: write.arguments,
          started_ms: toInteger(write.startedMs),
        }, "(call_id, id) DO NOTHING"),
      ];
    case "toolEnded":
      return endTool(callId, write);
    case "latency":
      return [
        insertOfCall("latencies", callId, {
          item_id: write.itemId,
          sequence: write.sequence,
          response_ms: toInteger(write.latency.responseMs),
          first_audio_ms: toInteger(write.latency.firstAudioMs),
          first_heard_ms: integerOrNull(write.latency.firstHeardMs),
          total_ms: toInteger(write.latency.totalMs),
        }, "(call_id, item_id) DO NOTHING"),
      ];
    case "responseUsage":
      return [responseUsageStatement(callId, write)];
    case "mustHear":
      return [mustHearStatement(callId, write)];
    case "digits":
      return [
        insertOfCall("digits", callId, {
          sequence: write.sequence,
          at_ms: toInteger(write.atMs),
          digits: write.digits ?? null,
        }, "(call_id, sequence) DO NOTHING"),
      ];
    case "handoff":
      return handoffStatements(callId, write.sequence, write.handoff);
    case "recording":
    case "recordingFinished":
    case "recordingTold":
    case "recordingRemoved":
      return [recordingStatement(callId, write)];
    case "redacted":
      return [redactedSpanStatement(callId, write)];
    case "transfer":
      return transferStatements(callId, write);
    case "listeningStarted":
    case "listeningEnded":
      return [listeningStatement(callId, write)];
    case "ended":
      return [endCall(callId, write.ending, write.holder)];
  }
}

/**
 * A queued call is opened again by the process that places it, but not one that was erased: see
 * `erasureStore.ts`.
 */
function insertCall(call: NewCall): Statement {
  const columns: Columns = {
    id: call.id,
    direction: call.direction,
    agent: call.agent,
    key_name: call.keyName ?? null,
    call_sid: call.callSid ?? null,
    from_number: call.from ?? null,
    to_number: call.to ?? null,
    caller_proven: call.callerProven === undefined ? null : Number(call.callerProven),
    status: call.status,
    started_at: toInteger(call.startedAt),
    model: call.model ?? null,
    transcription_model: call.transcriptionModel ?? null,
    instance_id: call.instanceId,
    metadata: jsonOrNull(call.metadata),
    precall: jsonOrNull(call.precall),
    consent: jsonOrNull(call.consent),
    briefing: jsonOrNull(call.briefing),
  };
  const names = Object.keys(columns);
  const kept = ["call_sid", "from_number", "to_number", "caller_proven"]
    .concat("model", "transcription_model", "metadata", "precall", "consent", "briefing").map((
      name,
    ) => `${name} = COALESCE(calls.${name}, excluded.${name})`);
  return {
    sql: `INSERT INTO calls (${names.join(", ")}) SELECT ${
      placeholders(names)
    } WHERE NOT EXISTS (SELECT 1 FROM erased_calls WHERE call_id = $1)
      OR EXISTS (SELECT 1 FROM calls WHERE calls.id = $1)
      ON CONFLICT (id) DO UPDATE SET instance_id = excluded.instance_id, ${kept.join(", ")}
      WHERE calls.ended_at IS NULL`,
    values: Object.values(columns).map(toStorable),
  };
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function changeCall(
  callId: string,
  changes: CallChanges,
  holder: string | undefined,
): readonly Statement[] {
  const { status, usage, savings, answeredAt, outcome } = changes;
  const columns: Columns = present({
    pickups: changes.pickups && JSON.stringify(changes.pickups),
    phone_menu: changes.phoneMenu && JSON.stringify(changes.phoneMenu),
    opt_out: changes.optOut && JSON.stringify(changes.optOut),
    call_sid: changes.callSid,
    from_number: changes.from,
    to_number: changes.to,
    answered_by: changes.answeredBy,
    model: changes.model,
    transcription_model: changes.transcriptionModel,
    agent_version: changes.agentVersion,
  });
  const once: Columns = present({
    answered_at: answeredAt === undefined ? undefined : toInteger(answeredAt),
    outcome,
  });
  const statements: Statement[] = [];
  if (Object.keys({ ...columns, ...once }).length > 0) {
    statements.push(updateCall(callId, columns, "", once));
  }
  const ofHolder: Columns = {
    ...present({ planned_end: changes.plannedEnd && JSON.stringify(changes.plannedEnd) }),
    ...(usage && columnsOfUsage(usage)),
    ...(savings && columnsOfSavings(savings)),
  };
  if (Object.keys(ofHolder).length > 0) {
    statements.push(ifHeldBy(holder, updateCall(callId, ofHolder, "AND ended_at IS NULL")));
  }
  if (status === "ringing") {
    statements.push(updateCall(callId, { status }, "AND status = 'queued'"));
  }
  if (status === "live") {
    statements.push(updateCall(callId, { status }, "AND status IN ('queued', 'ringing')"));
  }
  return statements;
}

function endTool(
  callId: string,
  write: Extract<CallWrite, { readonly type: "toolEnded" }>,
): readonly Statement[] {
  return [
    // A full queue may have dropped its beginning.
    insertOfCall("tool_calls", callId, {
      id: write.toolCallId,
      name: write.name,
      arguments: "",
      started_ms: toInteger(write.atMs - write.durationMs),
    }, "(call_id, id) DO NOTHING"),
    {
      sql: `UPDATE tool_calls SET ok = $3, output = $4, duration_ms = $5
        WHERE call_id = $1 AND id = $2 AND ok IS NULL`,
      values: [
        callId,
        write.toolCallId,
        Number(write.ok),
        write.output,
        toInteger(write.durationMs),
      ].map(toStorable),
    },
  ];
}
