import {
  type ResponsePurpose,
  responsePurposes,
  type ResponseStatus,
  type ToolCall,
} from "../../../call/realtimeClient.ts";
import { isBase64 } from "../../../utils/audio/audioFormat.ts";
import { endMeaningOf } from "../errorMeaning.ts";
import { retryAfterMsIn } from "../retryHint.ts";
import type { MalformedEvent, ServerEvent } from "./serverEventTypes.ts";
import {
  calledFunction,
  type Fields,
  fieldsOf,
  functionCallOf,
  idOf,
  itemOf,
  nameOf,
  numberOf,
  proseOf,
  refOf,
  responseUsageOf,
  serverErrorOf,
  textOf,
  transcriptionUsageOf,
} from "./eventParts.ts";
import { readMcpEvent } from "./mcpEvents.ts";
import { createPartsLimit } from "../../../utils/partsLimit.ts";
import { present } from "../../../utils/present.ts";

/** Reads a frame of the server's; one that is not text comes as undefined, and is malformed. */
export function readServerFrame(
  text: string | undefined,
): ServerEvent | MalformedEvent | undefined {
  if (text === undefined || text.length > MAX_FRAME) return MALFORMED;
  if (text.length > LONG_FRAME && hasManyParts(text)) return MALFORMED;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return MALFORMED;
  }
  return readServerEvent(value);
}

/** Narrows a parsed server event, in GA or beta spelling; undefined where a bridge has no use for it. */
export function readServerEvent(value: unknown): ServerEvent | MalformedEvent | undefined {
  const event = fieldsOf(value);
  if (event === undefined || typeof event.type !== "string") return MALFORMED;
  const { type } = event;
  switch (type) {
    // First, for it is nine in ten of all events.
    case "response.output_audio.delta":
    case "response.audio.delta": {
      const ref = refOf(event);
      const { delta: audio } = event;
      if (ref === undefined || typeof audio !== "string" || audio.length > MAX_AUDIO) {
        return MALFORMED;
      }
      if (audio === "") return undefined;
      return isBase64(audio) ? { type: "speech", ref, audio } : MALFORMED;
    }
    case "response.output_audio_transcript.delta":
    case "response.audio_transcript.delta":
      return textEvent("speechText", event, "delta");
    case "response.output_audio_transcript.done":
    case "response.audio_transcript.done":
      return textEvent("wholeText", event, "transcript");
    case "response.output_audio.done":
    case "response.audio.done": {
      const ref = refOf(event);
      return ref ? { type: "speechDone", ref } : MALFORMED;
    }
    case "session.created":
    case "session.updated": {
      const session = fieldsOf(event.session);
      const expiresAt = numberOf(session, "expires_at");
      const createdAt = numberOf(session, "created_at");
      return {
        type: type === "session.created" ? "sessionCreated" : "sessionUpdated",
        ...present({ expiresAt, createdAt }),
      };
    }
    case "error":
      return { type, error: serverErrorOf(event.error) };
    case "input_audio_buffer.speech_started":
    case "input_audio_buffer.speech_stopped": {
      const itemId = idOf(event, "item_id");
      return {
        type: type === "input_audio_buffer.speech_started" ? "speechStarted" : "speechStopped",
        ...present({ itemId }),
      };
    }
    case "input_audio_buffer.timeout_triggered":
      return { type: "modelIdled" };
    case "input_audio_buffer.committed": {
      const itemId = idOf(event, "item_id");
      if (itemId === undefined) return MALFORMED;
      const previousItemId = idOf(event, "previous_item_id");
      return { type: "committed", itemId, ...present({ previousItemId }) };
    }
    case "conversation.item.added":
    case "conversation.item.created": {
      const item = itemOf(event.item);
      if (item === undefined || item === "malformed") return item && MALFORMED;
      const { id: itemId, role, callId, toolServer } = item;
      const previousItemId = idOf(event, "previous_item_id");
      return {
        type: "itemAdded",
        itemId,
        role,
        ...present({ previousItemId, callId, toolServer }),
      };
    }
    case "conversation.item.deleted": {
      const itemId = idOf(event, "item_id");
      return itemId === undefined ? MALFORMED : { type: "itemDeleted", itemId };
    }
    case "conversation.item.input_audio_transcription.delta": {
      const itemId = idOf(event, "item_id");
      const text = proseOf(event, "delta");
      if (itemId === undefined || text === undefined) return MALFORMED;
      return { type: "callerText", itemId, text, final: false };
    }
    case "conversation.item.input_audio_transcription.completed": {
      const itemId = idOf(event, "item_id");
      const text = proseOf(event, "transcript");
      // Some servers complete a transcription again and again until the turn is over.
      if (event.status === "in_progress") return undefined;
      if (itemId === undefined || text === undefined) return MALFORMED;
      const usage = transcriptionUsageOf(event.usage);
      return { type: "callerText", itemId, text, final: true, ...present({ usage }) };
    }
    case "conversation.item.input_audio_transcription.failed": {
      const itemId = idOf(event, "item_id");
      if (itemId === undefined) return MALFORMED;
      return { type: "callerTextFailed", itemId, error: serverErrorOf(event.error) };
    }
    case "response.created":
      return responseCreated(event);
    case "response.output_text.delta":
    case "response.text.delta":
      return textEvent("writtenText", event, "delta");
    case "response.output_item.added":
    case "response.content_part.added":
    case "response.mcp_call_arguments.delta":
    case "response.function_call_arguments.delta": {
      const mcp = readMcpEvent(type, event);
      if (mcp !== undefined) return mcp;
      const responseId = textOf(event, "response_id");
      return responseId === undefined ? undefined : { type: "responseProgress", responseId };
    }
    case "response.function_call_arguments.done":
      return functionCallArguments(event);
    case "response.output_item.done": {
      const mcp = readMcpEvent(type, event);
      if (mcp !== undefined) return mcp;
      const responseId = idOf(event, "response_id");
      const item = itemOf(event.item);
      if (responseId === undefined || item === "malformed") return MALFORMED;
      return item && itemDone(responseId, item.call);
    }
    case "response.done":
      return responseDone(event);
    default:
      return readMcpEvent(type, event);
  }
}

const MALFORMED: MalformedEvent = { type: "malformed" };

/** Characters of base64: twenty-five minutes of G.711, or four of PCM. */
const MAX_AUDIO = 16 * 2 ** 20;
const MAX_FRAME = MAX_AUDIO + 64 * 1024;
/** Shorter ones, such as most of the audio, are parsed in a few milliseconds whatever they contain. */
const LONG_FRAME = 32 * 1024;
/** The largest session with all of its tools has half as many. */
const hasManyParts = createPartsLimit(40_000);
const MAX_OUTPUT_ITEMS = 128;

function textEvent(
  type: "speechText" | "writtenText" | "wholeText",
  event: Fields,
  field: string,
): ServerEvent | MalformedEvent {
  const ref = refOf(event);
  const text = proseOf(event, field);
  return ref === undefined || text === undefined ? MALFORMED : { type, ref, text };
}

function itemDone(responseId: string, call: ToolCall | undefined): ServerEvent {
  return { type: "itemDone", responseId, ...present({ call }) };
}

function responseCreated(event: Fields): ServerEvent | MalformedEvent {
  const response = fieldsOf(event.response);
  const responseId = response && idOf(response, "id");
  if (!response || responseId === undefined) return MALFORMED;
  const purpose = nameOf(fieldsOf(response.metadata), "purpose");
  return {
    type: "responseStarted",
    responseId,
    // A response that writes to no conversation.
    aside: response.conversation_id === null,
    ...(isPurpose(purpose) && { purpose }),
  };
}

function functionCallArguments(event: Fields): ServerEvent | MalformedEvent {
  const responseId = idOf(event, "response_id");
  const name = textOf(event, "name");
  const call = calledFunction(event, name ?? "");
  if (responseId === undefined || call === undefined) return MALFORMED;
  // Older servers leave the name out here and give it in `response.output_item.done`.
  return itemDone(responseId, name === undefined ? undefined : call);
}

function responseDone(event: Fields): ServerEvent | MalformedEvent {
  const response = fieldsOf(event.response);
  const responseId = response && idOf(response, "id");
  if (!response || responseId === undefined) return MALFORMED;
  const status = statusOf(response.status);
  const details = fieldsOf(response.status_details);
  const error = fieldsOf(details?.error) && serverErrorOf(details?.error);
  const reason = nameOf(details, "reason") ?? error?.code ?? error?.type;
  // Some servers put the usage beside the response.
  const usage = responseUsageOf(response.usage) ?? responseUsageOf(event.usage ?? event);
  const retryAfterMs = retryAfterMsIn(error?.message);
  return {
    type: "responseDone",
    responseId,
    status,
    toolCalls: outputOf(response).flatMap((item) => functionCallOf(item, status) ?? []),
    ...(reason !== undefined && endMeaningOf({ status, reason })),
    ...present({ reason, retryAfterMs, error, usage }),
  };
}

function outputOf(response: Fields): readonly unknown[] {
  return Array.isArray(response.output) ? response.output.slice(0, MAX_OUTPUT_ITEMS) : [];
}

function statusOf(status: unknown): ResponseStatus {
  return status === "cancelled" || status === "incomplete" || status === "failed"
    ? status
    : "completed";
}

function isPurpose(name: string | undefined): name is ResponsePurpose {
  return responsePurposes.some((purpose) => purpose === name);
}
