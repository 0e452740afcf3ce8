import { audioDurationMs, isBase64 } from "../../utils/audio/audioFormat.ts";
import { StoredItem, unknownItem } from "./conversation.ts";
import { type Fault, type FaultSet, parseFault } from "./faults.ts";
import type { TurnDetector } from "./turnDetector.ts";
import type { Responder } from "./responder.ts";
import { audioFormatOf, type SessionUpdate, updateConfig } from "./sessionConfig.ts";
import type { SessionState } from "./sessionState.ts";
import { unknownParameter } from "./jsonShapes.ts";
import {
  type ClientEvent,
  type ConversationItem,
  newId,
  type Refusal,
  type SessionConfig,
} from "./wire.ts";

/** The parts of a session that a client's events act on. */
export interface SessionParts {
  readonly state: SessionState;
  readonly responder: Responder;
  readonly turnDetector: TurnDetector;
  configure(config: SessionConfig): void;
  fail(fault: Fault): void;
}

/** Does what a client asks, or says why not. */
export function performClientEvent(event: ClientEvent, parts: SessionParts): Refusal | void {
  const { turnDetector, responder, state } = parts;
  const { conversation } = state;
  switch (event.type) {
    case "input_audio_buffer.append":
      return turnDetector.append(event.audio);
    case "input_audio_buffer.commit":
      return turnDetector.commit();
    case "input_audio_buffer.clear":
      return turnDetector.clear();
    case "session.update":
      return updateSession(event.session, parts);
    case "conversation.item.create":
      return createItem(event, parts);
    case "conversation.item.retrieve": {
      const entry = conversation.find(event.item_id);
      if (!entry) return unknownItem("retrieve", event.item_id);
      return state.emit({ type: "conversation.item.retrieved", item: entry.item });
    }
    case "conversation.item.delete": {
      const { item_id } = event;
      if (state.faults.has("noItemDelete")) return unknownEvent(event.type);
      return conversation.delete(item_id) ??
        state.emit({ type: "conversation.item.deleted", item_id });
    }
    case "conversation.item.truncate": {
      const { item_id, content_index, audio_end_ms } = event;
      return conversation.truncate(item_id, content_index, audio_end_ms) ??
        state.emit({ type: "conversation.item.truncated", item_id, content_index, audio_end_ms });
    }
    case "response.create":
      return responder.respond(event.response);
    case "response.cancel":
      return responder.cancel("client_cancelled", event.response_id);
    case "output_audio_buffer.clear":
      return {
        code: "invalid_event",
        message: "'output_audio_buffer.clear' is only for WebRTC and SIP sessions.",
        param: "type",
      };
    default:
      return event satisfies never;
  }
}

function updateSession(
  update: SessionUpdate,
  { configure, responder, state }: SessionParts,
): Refusal | void {
  if (state.faults.has("rejectEverySessionUpdate")) return unknownParameter("session.type");
  if (state.faults.has("rejectSessionUpdate")) {
    const optional = optionalSettings.find((name) => name in update);
    if (optional) return unknownParameter(`session.${optional}`);
  }
  const named = namedRefusal(update, state.faults);
  if (named) return named;
  const updated = updateConfig(state.config, update, { spoken: responder.spoken });
  if ("refusal" in updated) return updated.refusal;
  configure(updated.config);
}

/** Refusals that say what they are about, as compatible servers make them. */
function namedRefusal(update: SessionUpdate, faults: FaultSet): Refusal | void {
  if (update.type !== "realtime") return;
  const { audio, tools = [] } = update;
  const detection = audio?.input?.turn_detection;
  if (faults.has("rejectSemanticVad") && detection?.type === "semantic_vad") {
    return {
      code: "invalid_value",
      message: "Invalid value: 'semantic_vad'. Supported values are: 'server_vad'.",
      param: "session.audio.input.turn_detection.type",
    };
  }
  const last = tools.at(-1);
  if (!faults.has("rejectLastTool") || tools.length < 2 || last?.type !== "function") return;
  return {
    code: "invalid_function_parameters",
    message:
      `Invalid schema for function '${last.name}': schema must be a JSON Schema of 'type: "object"', got 'type: "None"'.`,
    param: `session.tools[${tools.length - 1}].parameters`,
  };
}

// What an older model or a compatible server may not know.
const optionalSettings = ["reasoning", "parallel_tool_calls", "truncation", "tracing", "include"];

function createItem(
  { item, previous_item_id }: Extract<ClientEvent, { type: "conversation.item.create" }>,
  { state, fail }: SessionParts,
): Refusal | void {
  const id = item.id ?? newId("item");
  const audioMs = audioLength(item, state.config);
  const stored = {
    ...withoutAudio(item),
    id,
    object: "realtime.item",
    status: "completed",
  } as const;
  const entry = new StoredItem(id, stored, { audioMs });
  const refusal = state.conversation.insert(entry, previous_item_id);
  if (refusal) return refusal;
  if (item.type === "mcp_approval_response") {
    entry.answered = item.approve;
    state.mcp.answered(item.approval_request_id, item.approve);
  }
  const previous = state.conversation.previousOf(id);
  state.emit({ type: "conversation.item.added", previous_item_id: previous, item: entry.item });
  state.emit({ type: "conversation.item.done", previous_item_id: previous, item: entry.item });
  const fault = item.type === "message" && item.role === "user"
    ? typedFault(entry.text)
    : undefined;
  if (fault) fail(fault);
}

/** As compatible servers refuse what they do not have. */
function unknownEvent(type: string): Refusal {
  return { code: "unknown_or_invalid_event", message: `Unknown event '${type}'.`, param: "type" };
}

/** `/fault NAME`, typed into the conversation, sets a fault off. */
function typedFault(text: string): Fault | undefined {
  const [, name] = /^\/fault\s+(\S+)$/.exec(text.trim()) ?? [];
  return name === undefined ? undefined : parseFault(name);
}

function audioLength(item: ConversationItem, config: SessionConfig): number {
  if (item.type !== "message" || item.role !== "user") return 0;
  const format = audioFormatOf(config.audio.input.format);
  return item.content.reduce(
    (sum, { audio }) => audio && isBase64(audio) ? sum + audioDurationMs(audio, format) : sum,
    0,
  );
}

/** The server needs the length of the audio only, and keeps no more of it. */
function withoutAudio(item: ConversationItem): ConversationItem {
  if (item.type !== "message" || item.role !== "user") return item;
  return { ...item, content: item.content.map(({ audio: _, ...part }) => part) };
}
