import type { ResponseStatus, SpeechRef } from "../../../call/realtimeClient.ts";
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
  placeOf,
  proseOf,
  responseUsageOf,
  serverErrorOf,
  textOf,
  transcriptionUsageOf,
} from "./eventParts.ts";

/** Narrows a parsed server event, in GA or beta spelling; undefined where a bridge has no use for it. */
export function readServerEvent(value: unknown): ServerEvent | MalformedEvent | undefined {
  const event = fieldsOf(value);
  if (event === undefined || typeof event.type !== "string") return MALFORMED;
  const { type } = event;
  switch (type) {
    // First, for it is nine in ten of all events.
    case "response.output_audio.delta":
    case "response.audio.delta": {
      const place = placeOf(event);
      const { delta } = event;
      if (place === undefined || typeof delta !== "string" || delta.length > MAX_AUDIO) {
        return MALFORMED;
      }
      return { type: "response.output_audio.delta", place, delta };
    }
    case "response.output_audio_transcript.delta":
    case "response.audio_transcript.delta":
      return placed(event, "delta", (place, delta) => ({
        type: "response.output_audio_transcript.delta",
        place,
        delta,
      }));
    case "response.output_audio_transcript.done":
    case "response.audio_transcript.done":
      return placed(event, "transcript", (place, transcript) => ({
        type: "response.output_audio_transcript.done",
        place,
        transcript,
      }));
    case "response.output_audio.done":
    case "response.audio.done": {
      const place = placeOf(event);
      return place ? { type: "response.output_audio.done", place } : MALFORMED;
    }
    case "session.created":
    case "session.updated": {
      const session = fieldsOf(event.session);
      const expiresAt = numberOf(session, "expires_at");
      const createdAt = numberOf(session, "created_at");
      return {
        type,
        ...(expiresAt !== undefined && { expiresAt }),
        ...(createdAt !== undefined && { createdAt }),
      };
    }
    case "error":
      return { type, error: serverErrorOf(event.error) };
    case "input_audio_buffer.speech_started":
    case "input_audio_buffer.speech_stopped": {
      const itemId = idOf(event, "item_id");
      return { type, ...(itemId !== undefined && { itemId }) };
    }
    case "input_audio_buffer.timeout_triggered":
      return { type };
    case "input_audio_buffer.committed": {
      const itemId = idOf(event, "item_id");
      return itemId === undefined ? MALFORMED : { type, itemId, ...previousOf(event) };
    }
    case "conversation.item.added":
    case "conversation.item.created": {
      const item = itemOf(event.item);
      if (item === undefined || item === "malformed") return item && MALFORMED;
      return { type: "conversation.item.added", item, ...previousOf(event) };
    }
    case "conversation.item.input_audio_transcription.delta": {
      const itemId = idOf(event, "item_id");
      const delta = proseOf(event, "delta");
      return itemId === undefined || delta === undefined ? MALFORMED : { type, itemId, delta };
    }
    case "conversation.item.input_audio_transcription.completed": {
      const itemId = idOf(event, "item_id");
      const transcript = proseOf(event, "transcript");
      // Some servers complete a transcription again and again until the turn is over.
      if (event.status === "in_progress") return undefined;
      if (itemId === undefined || transcript === undefined) return MALFORMED;
      const usage = transcriptionUsageOf(event.usage);
      return { type, itemId, transcript, ...(usage && { usage }) };
    }
    case "conversation.item.input_audio_transcription.failed": {
      const itemId = idOf(event, "item_id");
      return itemId === undefined ? MALFORMED : { type, itemId, error: serverErrorOf(event.error) };
    }
    case "response.created":
      return responseCreated(event);
    case "response.output_text.delta":
    case "response.text.delta":
      return placed(event, "delta", (place, delta) => ({
        type: "response.output_text.delta",
        place,
        delta,
      }));
    case "response.output_item.added":
    case "response.content_part.added":
    case "response.function_call_arguments.delta": {
      const responseId = textOf(event, "response_id");
      return responseId === undefined ? undefined : { type: "response.progress", responseId };
    }
    case "response.function_call_arguments.done":
      return functionCallArguments(event);
    case "response.output_item.done": {
      const responseId = idOf(event, "response_id");
      const item = itemOf(event.item);
      if (responseId === undefined || item === "malformed") return MALFORMED;
      return item && { type, responseId, item };
    }
    case "response.done":
      return responseDone(event);
    default:
      return undefined;
  }
}

const MALFORMED: MalformedEvent = { type: "malformed" };

/** Characters of base64: twenty-five minutes of G.711, or four of PCM. */
const MAX_AUDIO = 16 * 2 ** 20;
const MAX_OUTPUT_ITEMS = 128;

function placed(
  event: Fields,
  field: string,
  make: (place: SpeechRef, text: string) => ServerEvent,
): ServerEvent | MalformedEvent {
  const place = placeOf(event);
  const text = proseOf(event, field);
  return place === undefined || text === undefined ? MALFORMED : make(place, text);
}

function previousOf(event: Fields): { readonly previousItemId?: string } {
  const previousItemId = idOf(event, "previous_item_id");
  return previousItemId === undefined ? {} : { previousItemId };
}

function responseCreated(event: Fields): ServerEvent | MalformedEvent {
  const response = fieldsOf(event.response);
  const responseId = response && idOf(response, "id");
  if (!response || responseId === undefined) return MALFORMED;
  const purpose = nameOf(fieldsOf(response.metadata), "purpose");
  return {
    type: "response.created",
    responseId,
    outOfBand: response.conversation_id === null,
    ...(purpose !== undefined && { purpose }),
  };
}

function functionCallArguments(event: Fields): ServerEvent | MalformedEvent {
  const responseId = idOf(event, "response_id");
  const name = textOf(event, "name");
  const call = calledFunction(event, name ?? "");
  if (responseId === undefined || call === undefined) return MALFORMED;
  const { callId, arguments: args } = call;
  return {
    type: "response.function_call_arguments.done",
    responseId,
    callId,
    arguments: args,
    ...(name !== undefined && { name: call.name }),
  };
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
  return {
    type: "response.done",
    responseId,
    status,
    toolCalls: outputOf(response).flatMap((item) => functionCallOf(item, status) ?? []),
    ...(reason !== undefined && { reason }),
    ...(error && { error }),
    ...(usage && { usage }),
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
