import { errorCodeIn } from "../../utils/errorCode.ts";
import type { TransferEvent } from "../../call/transfer.ts";
import type { PublishedEvent } from "../events.ts";
import { viewAnalysis, viewCall, viewDetail, viewMessage, viewRecording } from "../records.ts";
import { viewAppointment } from "../calendar.ts";
import { viewText } from "../sms.ts";
import type {
  Appointment,
  CallAnalysis,
  CallContent,
  CallRecord,
  Message as CallerMessage,
  NewDelivery,
  RecordingRecord,
  TextMessage,
} from "../store.ts";

type WebhookType =
  | "call.started"
  | "call.answered"
  | "call.ended"
  | "call.analyzed"
  | "call.transferred"
  | "recording.ready"
  | "transfer.progress"
  | "message.taken"
  | `batch.${BatchNews["type"]}`
  | "sms.delivered"
  | "sms.failed"
  | "tool.failed"
  | "webhook.test";

/** What became of a batch of calls. */
export interface BatchNews {
  readonly batchId: string;
  /** Among the events of its batch. */
  readonly sequence: number;
  readonly type: "started" | "paused" | "resumed" | "cancelled" | "done";
  readonly at: number;
  readonly data: unknown;
}

/** A message without its endpoint. */
export type Message = Omit<NewDelivery, "endpoint">;

/** The message for an event, if there is one; the end of a call waits for its record. */
export function messageOf(
  { callId, atMs, event }: PublishedEvent,
  keyName: string | undefined,
): Message | undefined {
  const about = { callId, key: keyName ?? null };
  switch (event.type) {
    case "started":
      return message("call.started", callId, atMs, {
        ...about,
        direction: event.direction,
        agent: event.agent,
        agentVersion: event.agentVersion ?? null,
      });
    case "connected":
      if (event.again === true) return undefined;
      return message("call.answered", callId, atMs, about);
    case "transfer":
      return transferMessage(callId, atMs, about, event);
    case "toolEnded":
      if (event.ok || event.waits === true) return undefined;
      return message("tool.failed", callId, atMs, {
        ...about,
        toolCallId: event.toolCallId,
        name: event.name,
        output: event.output,
        error: errorCodeIn(event.output) ?? null,
        durationMs: event.durationMs,
      }, event.toolCallId);
    default:
      return undefined;
  }
}

/** One for each step, and of a list of people for each of them. */
function transferMessage(
  callId: string,
  atMs: number,
  about: object,
  { type: _, number, alias, mode, ...step }: TransferEvent,
): Message {
  const data = { ...about, to: alias, transfer: number, mode, ...step };
  // Its name is older than the others.
  const type = step.step === "requested" ? "call.transferred" : "transfer.progress";
  const target = "target" in step && step.target > 0 ? `_${step.target}` : "";
  const part = step.step === "requested" && number === 1 ? "" : `${number}_${step.step}${target}`;
  return message(type, callId, atMs, data, part);
}

/** The `call.ended` of a complete record, with its transcript and cost. */
export function endedMessage(
  call: CallRecord,
  content: CallContent,
  appointments: readonly Appointment[] = [],
): Message {
  const detail = {
    ...viewDetail(call, content),
    appointments: appointments.map(viewAppointment),
  };
  return message("call.ended", call.id, call.endedAt ?? call.startedAt, detail);
}

/** The `recording.ready` of a recording that is whole. */
export function recordingMessage(
  call: CallRecord,
  recording: RecordingRecord,
  redactedSpans: CallContent["redactedSpans"],
): Message {
  const at = recording.finishedAt ?? call.endedAt ?? call.startedAt;
  return message("recording.ready", call.id, at, {
    callId: call.id,
    key: call.keyName ?? null,
    agent: call.agent,
    direction: call.direction,
    recording: viewRecording(recording, call, redactedSpans),
    path: `/api/calls/${call.id}/recording`,
  });
}

/** The `message.taken` of what a caller has left. */
export function takenMessage(taken: CallerMessage): Message {
  return message("message.taken", taken.callId, taken.at, viewMessage(taken), taken.id);
}

/** What became of a text message at last; undefined for one that is still on its way. */
export function textMessage(changed: TextMessage): Message | undefined {
  const { id, callId, status, changedAt } = changed;
  if (status !== "delivered" && status !== "undelivered" && status !== "failed") return undefined;
  const type = status === "delivered" ? "sms.delivered" : "sms.failed";
  return message(type, callId, changedAt, viewText(changed), id);
}

/** The `call.analyzed` of one run. */
export function analyzedMessage(call: CallRecord, analysis: CallAnalysis): Message {
  const data = { ...viewCall(call), analysis: viewAnalysis(analysis, call) };
  const at = analysis.finishedAt ?? call.endedAt ?? call.startedAt;
  return message("call.analyzed", call.id, at, data, analysis.run > 1 ? `${analysis.run}` : "");
}

/** What became of a batch, of no single call. */
export function batchMessage({ batchId, sequence, type, at, data }: BatchNews): Message {
  const eventType = `batch.${type}` as const;
  return {
    id: `evt_${batchId}_${sequence}`.slice(0, 200),
    eventType,
    payload: write(eventType, at, data),
  };
}

/** A `webhook.test`, of no call. */
export function testMessage(id: string, atMs: number): Message {
  return {
    id,
    eventType: "webhook.test",
    payload: write("webhook.test", atMs, { message: "This is a test." }),
  };
}

/** The id is the same for the same event: of each type and part a call has one. */
function message(
  eventType: WebhookType,
  callId: string,
  atMs: number,
  data: unknown,
  part = "",
): Message {
  const id = ["evt", callId, eventType.replace(".", "_"), part].filter((it) => it !== "").join("_");
  return { id: id.slice(0, 200), eventType, callId, payload: write(eventType, atMs, data) };
}

function write(type: WebhookType, atMs: number, data: unknown): string {
  return JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), data });
}
