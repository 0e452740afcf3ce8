import type {
  ConversationItem,
  ConversationItemCreateEvent,
  RealtimeClientEvent,
  ResponseCreateEvent,
} from "openai/resources/realtime/realtime";
import type { HistoryItem } from "../../../call/modelSetup.ts";
import type { ModelRequest, ResponseRequest } from "../../../call/realtimeClient.ts";
import { present } from "../../../utils/present.ts";

/** Anything a client says to the server. */
export type ClientEvent = RealtimeClientEvent;

/** What a request for a response can do without: the response still comes. */
export type ResponsePart = "metadata" | "tool_choice" | "instructions";

/** A piece of the conversation for the server to take over; a tool's call and its output are two. */
type NewItem = HistoryItem | Extract<ModelRequest, { type: "toolOutput" }>;

/** The frame that carries the caller's audio, which must be base64: the hot path does not escape it. */
export function audioAppend(audio: string): string {
  return `{"type":"input_audio_buffer.append","audio":"${audio}"}`;
}

/** The event that carries a request. */
export function clientEventOf(
  request: Exclude<ModelRequest, { type: "respond" | "said" | "replace" }>,
): ClientEvent {
  switch (request.type) {
    case "cancel":
      return { type: "response.cancel", ...present({ response_id: request.responseId }) };
    case "truncate":
      return {
        type: "conversation.item.truncate",
        item_id: request.itemId,
        content_index: request.contentIndex,
        audio_end_ms: request.audioEndMs,
      };
    case "delete":
      return { type: "conversation.item.delete", item_id: request.itemId };
    case "toolOutput":
    case "message":
      return itemCreate(request);
    case "toolLeave":
      return toolLeave(request);
    default:
      return request satisfies never;
  }
}

/**
 * Asks for a response, whose events then tell its purpose. The instructions of one beside the
 * conversation are never left out: they can go nowhere else.
 */
export function responseCreate(
  { purpose, instructions, aside = false, tools }: ResponseRequest,
  omitted: ReadonlySet<ResponsePart> = new Set(),
): ResponseCreateEvent {
  const toolChoice = aside ? "none" : tools;
  return {
    type: "response.create",
    response: {
      ...(aside && { conversation: "none" }),
      ...(!omitted.has("metadata") && { metadata: { purpose } }),
      ...(!omitted.has("tool_choice") && present({ tool_choice: toolChoice })),
      ...((aside || !omitted.has("instructions")) && present({ instructions })),
    },
  };
}

/** Answers a tool's request to be run by the model's provider. */
function toolLeave(
  { callId, output }: Extract<ModelRequest, { type: "toolLeave" }>,
): ConversationItemCreateEvent {
  return {
    type: "conversation.item.create",
    item: {
      type: "mcp_approval_response",
      // Items have ids of 32 characters at most; of one that is longer the end tells it from others.
      id: `leave_${callId.slice(-26)}`,
      approval_request_id: callId,
      approve: output === undefined,
      ...present({ reason: output }),
    },
  };
}

/** Adds to the conversation's end; `id` is chosen by the server unless it is given. */
export function itemCreate(item: NewItem, id?: string): ConversationItemCreateEvent {
  return {
    type: "conversation.item.create",
    item: { ...wireItem(item), ...present({ id }) },
  };
}

/** A piece of the conversation as a session holds it, which did not say it itself. */
export interface HistoryEvent {
  readonly event: ConversationItemCreateEvent;
  /** The session's id of it. */
  readonly id: string;
  /** The call's id of it, where it may still change. */
  readonly itemId?: string;
}

/** The events that give a fresh session the conversation so far, in order. */
export function historyEvents(history: readonly HistoryItem[]): readonly HistoryEvent[] {
  return history.flatMap(newItemsOf).map((item, index) => {
    const id = historyItemId(String(index));
    const itemId = item.type === "message" ? item.itemId : undefined;
    return { event: itemCreate(item, id), id, ...present({ itemId }) };
  });
}

/** Whether an item comes from `historyEvents`, and not from the live conversation. */
export function isHistoryItem(itemId: string | undefined): boolean {
  return itemId?.startsWith(HISTORY_PREFIX) ?? false;
}

/** The id under which a session holds what it did not say itself, 32 characters at most. */
export function historyItemId(name: string): string {
  return `${HISTORY_PREFIX}${name}`;
}

/** Tells what the agent has said, at the end of the conversation or else behind an item; `root` is its beginning. */
export function saidEvent(text: string, id: string, behind?: string): ClientEvent {
  const said = itemCreate({ type: "message", role: "agent", text }, id);
  return { ...said, ...present({ previous_item_id: behind }) };
}

const HISTORY_PREFIX = "history_";

// A call whose output is missing would leave the model waiting for it.
function newItemsOf(item: HistoryItem): readonly NewItem[] {
  return item.type === "message" ? [item] : [item, { ...item, type: "toolOutput" }];
}

function wireItem(item: NewItem): ConversationItem {
  switch (item.type) {
    case "message": {
      const { role, text } = item;
      // What the agent said can only be given back as text.
      return role === "agent"
        ? { type: "message", role: "assistant", content: [{ type: "output_text", text }] }
        : { type: "message", role, content: [{ type: "input_text", text }] };
    }
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
