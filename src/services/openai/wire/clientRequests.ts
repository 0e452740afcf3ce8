import type {
  ConversationItem,
  ConversationItemCreateEvent,
  ConversationItemDeleteEvent,
  ConversationItemRetrieveEvent,
  ConversationItemTruncateEvent,
  RealtimeClientEvent,
  ResponseCancelEvent,
  ResponseCreateEvent,
} from "openai/resources/realtime/realtime";

import type { HistoryItem } from "../../../call/modelSetup.ts";
import type { ModelRequest, ResponseRequest } from "../../../call/realtimeClient.ts";
import { present } from "../../../utils/present.ts";

/** Anything a client says to the server. */
export type ClientEvent = RealtimeClientEvent;

/** A piece of the conversation for the server to take over; a tool's call and its output are two. */
export type NewItem = HistoryItem | Extract<ModelRequest, { type: "toolOutput" }>;

/** The frame that carries the caller's audio, which must be base64: the hot path does not escape it. */
export function audioAppend(audio: string): string {
  return `{"type":"input_audio_buffer.append","audio":"${audio}"}`;
}

/** Asks for a response, whose events then tell its purpose. */
export function responseCreate(
  { purpose, instructions, aside = false, tools }: ResponseRequest,
): ResponseCreateEvent {
  return {
    type: "response.create",
    response: {
      metadata: { purpose },
      ...present({ instructions }),
      ...(aside && { conversation: "none" }),
      ...((aside || tools === "none") && { tool_choice: "none" }),
    },
  };
}

/** Stops a response, or whichever is running. */
export function responseCancel(responseId?: string): ResponseCancelEvent {
  return {
    type: "response.cancel",
    ...present({ response_id: responseId }),
  };
}

/** Makes the model forget what of an item was not heard. */
export function itemTruncate(
  { itemId, contentIndex, audioEndMs }: Extract<ModelRequest, { type: "truncate" }>,
): ConversationItemTruncateEvent {
  return {
    type: "conversation.item.truncate",
    item_id: itemId,
    content_index: contentIndex,
    audio_end_ms: audioEndMs,
  };
}

/** Makes the model forget an item. */
export function itemDelete(itemId: string): ConversationItemDeleteEvent {
  return { type: "conversation.item.delete", item_id: itemId };
}

/** Asks for an item, which has to be answered even where there is no such item. */
export function itemRetrieve(itemId: string): ConversationItemRetrieveEvent {
  return { type: "conversation.item.retrieve", item_id: itemId };
}

/** Adds to the conversation's end; `id` is chosen by the server unless it is given. */
export function itemCreate(item: NewItem, id?: string): ConversationItemCreateEvent {
  return {
    type: "conversation.item.create",
    item: { ...wireItem(item), ...present({ id }) },
  };
}

type HistoryRole = Extract<HistoryItem, { type: "message" }>["role"];

function wireItem(item: NewItem): ConversationItem {
  switch (item.type) {
    case "message":
      return wireMessage(item.role, item.text);
    case "toolCall":
      return {
        type: "function_call",
        call_id: item.callId,
        name: item.name,
        arguments: item.arguments,
      };
    case "toolOutput":
      return { type: "function_call_output", call_id: item.callId, output: item.output };
    default:
      return item satisfies never;
  }
}

function wireMessage(role: HistoryRole, text: string): ConversationItem {
  switch (role) {
    case "user":
      return { type: "message", role, content: [{ type: "input_text", text }] };
    case "system":
      return { type: "message", role, content: [{ type: "input_text", text }] };
    // What the agent said can only be given back as text.
    case "agent":
      return { type: "message", role: "assistant", content: [{ type: "output_text", text }] };
    default:
      return role satisfies never;
  }
}
