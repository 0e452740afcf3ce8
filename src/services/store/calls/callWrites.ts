import type { TranscriptTurn, TurnLatency } from "../../../call/callEvent.ts";
import type { CallChanges, CallCost, CallEnding, CallUsage, NewCall } from "./callRecord.ts";
import {
  type Columns,
  finite,
  given,
  insertPart,
  maybeWhole,
  span,
  storable,
  updateCall,
  whole,
} from "./callStatements.ts";
import type { Statement } from "../database.ts";

/** One thing to remember about a call. Each may be written twice: the second time changes nothing. */
export type CallWrite =
  & { readonly callId: string }
  & (
    | { readonly type: "opened"; readonly call: NewCall }
    | { readonly type: "changed"; readonly changes: CallChanges }
    | { readonly type: "turn"; readonly turn: TranscriptTurn }
    | {
      readonly type: "toolStarted";
      readonly toolCallId: string;
      readonly name: string;
      readonly arguments: string;
      readonly startedMs: number;
    }
    | {
      readonly type: "toolEnded";
      readonly toolCallId: string;
      readonly name: string;
      readonly ok: boolean;
      readonly output: string;
      readonly durationMs: number;
      /** When it ended, since the call began. */
      readonly atMs: number;
    }
    | {
      readonly type: "latency";
      readonly itemId: string;
      readonly sequence: number;
      readonly latency: TurnLatency;
    }
    /** Without digits where they are sensitive. */
    | {
      readonly type: "digits";
      readonly sequence: number;
      readonly atMs: number;
      readonly digits?: string;
    }
    /** The first one counts, whoever it comes from. */
    | { readonly type: "ended"; readonly ending: CallEnding }
  );

/** The statements that perform a write; none of them fails for a call that is not, or no more, there. */
export function statementsFor(write: CallWrite): readonly Statement[] {
  const { callId } = write;
  switch (write.type) {
    case "opened":
      return [insertCall(write.call)];
    case "changed":
      return changeCall(callId, write.changes);
    case "turn":
      return [upsertTurn(callId, write.turn)];
    case "toolStarted":
      return [
        insertPart("tool_calls", callId, {
          id: write.toolCallId,
          name: write.name,
          arguments: write.arguments,
          started_ms: whole(write.startedMs),
        }, "(call_id, id) DO NOTHING"),
      ];
    case "toolEnded":
      return endTool(callId, write);
    case "latency":
      return [
        insertPart("latencies", callId, {
          item_id: write.itemId,
          sequence: write.sequence,
          response_ms: whole(write.latency.responseMs),
          first_audio_ms: whole(write.latency.firstAudioMs),
          first_heard_ms: maybeWhole(write.latency.firstHeardMs),
          total_ms: whole(write.latency.totalMs),
        }, "(call_id, item_id) DO NOTHING"),
      ];
    case "digits":
      return [
        insertPart("digits", callId, {
          sequence: write.sequence,
          at_ms: whole(write.atMs),
          digits: write.digits ?? null,
        }, "(call_id, sequence) DO NOTHING"),
      ];
    case "ended":
      return [endCall(callId, write.ending)];
  }
}

/**
 * A call that waited in a queue is opened again by the process that places it. One that has been erased
 * is not: see `erasure.ts`.
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
    status: call.status,
    started_at: whole(call.startedAt),
    model: call.model ?? null,
    transcription_model: call.transcriptionModel ?? null,
    instance_id: call.instanceId,
  };
  const names = Object.keys(columns);
  const kept = ["call_sid", "from_number", "to_number", "model", "transcription_model"]
    .map((name) => `${name} = COALESCE(calls.${name}, excluded.${name})`);
  return {
    sql: `INSERT INTO calls (${names.join(", ")}) SELECT ${
      names.map((_, at) => `$${at + 1}`).join(", ")
    } WHERE NOT EXISTS (SELECT 1 FROM erased_calls WHERE call_id = $1)
      OR EXISTS (SELECT 1 FROM calls WHERE calls.id = $1)
      ON CONFLICT (id) DO UPDATE SET instance_id = excluded.instance_id, ${kept.join(", ")}
      WHERE calls.ended_at IS NULL`,
    values: Object.values(columns).map(storable),
  };
}

function changeCall(callId: string, changes: CallChanges): readonly Statement[] {
  const { status, usage } = changes;
  const columns: Columns = {
    ...given("call_sid", changes.callSid),
    ...given("from_number", changes.from),
    ...given("to_number", changes.to),
    ...given("answered_by", changes.answeredBy),
    ...given("model", changes.model),
    ...given("transcription_model", changes.transcriptionModel),
  };
  const once: Columns = {
    ...given("answered_at", maybeWhole(changes.answeredAt)),
    ...given("outcome", changes.outcome),
  };
  const statements: Statement[] = [];
  if (Object.keys(columns).length > 0) statements.push(updateCall(callId, columns, ""));
  for (const [name, value] of Object.entries(once)) {
    statements.push(updateCall(callId, { [name]: value }, `AND ${name} IS NULL`));
  }
  if (usage !== undefined) {
    statements.push(updateCall(callId, usageColumns(usage), "AND ended_at IS NULL"));
  }
  if (status === "ringing") {
    statements.push(updateCall(callId, { status }, "AND status = 'queued'"));
  }
  if (status === "live") {
    statements.push(updateCall(callId, { status }, "AND status IN ('queued', 'ringing')"));
  }
  return statements;
}

function upsertTurn(callId: string, turn: TranscriptTurn): Statement {
  const replaced = ["position", "text", "is_final", "interrupted", "spoken_by", "ended_ms"]
    .map((name) => `${name} = excluded.${name}`);
  return insertPart(
    "turns",
    callId,
    {
      id: turn.id,
      role: turn.role,
      position: finite(turn.position),
      text: turn.text,
      is_final: Number(turn.final),
      interrupted: Number(turn.interrupted),
      spoken_by: turn.by,
      started_ms: whole(turn.startedMs),
      ended_ms: maybeWhole(turn.endedMs),
      // An earlier state of the turn never replaces a final one.
    },
    `(call_id, id) DO UPDATE SET ${replaced.join(", ")} WHERE turns.is_final <= excluded.is_final`,
  );
}

function endTool(
  callId: string,
  write: Extract<CallWrite, { readonly type: "toolEnded" }>,
): readonly Statement[] {
  return [
    // Its beginning may be one of the things that a full queue had no room for.
    insertPart("tool_calls", callId, {
      id: write.toolCallId,
      name: write.name,
      arguments: "",
      started_ms: whole(write.atMs - write.durationMs),
    }, "(call_id, id) DO NOTHING"),
    {
      sql: `UPDATE tool_calls SET ok = $3, output = $4, duration_ms = $5
        WHERE call_id = $1 AND id = $2 AND ok IS NULL`,
      values: [
        callId,
        write.toolCallId,
        Number(write.ok),
        write.output,
        whole(write.durationMs),
      ].map(storable),
    },
  ];
}

function endCall(callId: string, ending: CallEnding): Statement {
  const columns: Columns = {
    status: "ended",
    ended_at: whole(ending.endedAt),
    untold_since: whole(ending.endedAt),
    duration_ms: span(ending.durationMs),
    end_reason: ending.end.reason,
    end_detail: ending.end.detail ?? null,
    cost_usd: ending.cost.usd,
    cost_parts: costParts(ending.cost),
    latency_turns: ending.latency?.turns ?? null,
    latency_p50_ms: maybeWhole(ending.latency?.p50Ms),
    latency_p95_ms: maybeWhole(ending.latency?.p95Ms),
    latencies_ms: ending.latenciesMs.length === 0 ? null : ending.latenciesMs.map(span).join(","),
    ...usageColumns(ending.usage),
  };
  const { sql, values } = updateCall(callId, columns, "AND ended_at IS NULL");
  if (ending.outcome === undefined) return { sql, values };
  return {
    sql: sql.replace(" WHERE ", `, outcome = COALESCE(outcome, $${values.length + 1}) WHERE `),
    values: [...values, ending.outcome],
  };
}

/** The parts of a cost, as they are kept. */
export function costParts({ parts, telephonyEstimated }: CallCost): string {
  return JSON.stringify({ ...parts, ...(telephonyEstimated && { telephonyEstimated }) });
}

function usageColumns(usage: CallUsage): Columns {
  return {
    input_text: whole(usage.inputText),
    input_audio: whole(usage.inputAudio),
    cached_text: whole(usage.cachedText),
    cached_audio: whole(usage.cachedAudio),
    output_text: whole(usage.outputText),
    output_audio: whole(usage.outputAudio),
    responses: whole(usage.responses),
    transcription_input: whole(usage.transcriptionInput),
    transcription_output: whole(usage.transcriptionOutput),
    transcription_seconds: finite(usage.transcriptionSeconds),
  };
}
