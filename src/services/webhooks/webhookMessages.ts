import type { PublishedEvent } from "../events.ts";
import { viewDetail } from "../records.ts";
import type { CallContent, CallRecord, NewDelivery } from "../store.ts";

/** What the receiver can be told. */
export const webhookTypes = [
  "call.started",
  "call.answered",
  "call.ended",
  "call.transferred",
  "tool.failed",
  "webhook.test",
] as const;

export type WebhookType = typeof webhookTypes[number];

/** A message, complete but for where it goes. */
export type Message = Omit<NewDelivery, "endpoint">;

/** What is to be told of an event at once; the end of a call waits for its record. */
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
      });
    case "connected":
      return message("call.answered", callId, atMs, about);
    case "transferring":
      return message("call.transferred", callId, atMs, { ...about, to: event.alias });
    case "toolEnded":
      if (event.ok) return undefined;
      return message("tool.failed", callId, atMs, {
        ...about,
        toolCallId: event.toolCallId,
        name: event.name,
        output: event.output,
        durationMs: event.durationMs,
      }, event.toolCallId);
    default:
      return undefined;
  }
}

/** A call that is over, with all that was said in it and what it cost. */
export function endedMessage(call: CallRecord, content: CallContent): Message {
  return message("call.ended", call.id, call.endedAt ?? call.startedAt, viewDetail(call, content));
}

export function testMessage(id: string, atMs: number): Message {
  return {
    id,
    eventType: "webhook.test",
    payload: write("webhook.test", atMs, { message: "This is a test." }),
  };
}

/** The id tells the same event from one attempt to the next: of each call there is one of a type. */
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
