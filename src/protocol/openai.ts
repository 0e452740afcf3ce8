import type { MalformedEvent, ServerEvent } from "./openaiEvents.ts";
import {
  type Fields,
  fieldsOf,
  functionCallOf,
  itemOf,
  numberOf,
  placeOf,
  responseUsageOf,
  serverErrorOf,
  textOf,
  transcriptionUsageOf,
} from "./openaiParts.ts";

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
      if (place === undefined || typeof delta !== "string") return MALFORMED;
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
      const itemId = textOf(event, "item_id");
      return { type, ...(itemId !== undefined && { itemId }) };
    }
    case "input_audio_buffer.timeout_triggered":
      return { type };
    case "input_audio_buffer.committed": {
      const itemId = textOf(event, "item_id");
      return itemId === undefined ? MALFORMED : { type, itemId, ...previousOf(event) };
    }
    case "conversation.item.added":
    case "conversation.item.created": {
      const item = itemOf(event.item);
      if (item === undefined || item === "malformed") return item && MALFORMED;
      return { type: "conversation.item.added", item, ...previousOf(event) };
    }
    case "conversation.item.input_audio_transcription.delta": {
      const itemId = textOf(event, "item_id");
      const delta = textOf(event, "delta");
      return itemId === undefined || delta === undefined ? MALFORMED : { type, itemId, delta };
    }
    case "conversation.item.input_audio_transcription.completed": {
      const itemId = textOf(event, "item_id");
      const transcript = textOf(event, "transcript");
      if (itemId === undefined || transcript === undefined) return MALFORMED;
      const usage = transcriptionUsageOf(event.usage);
      return { type, itemId, transcript, ...(usage && { usage }) };
    }
    case "conversation.item.input_audio_transcription.failed": {
      const itemId = textOf(event, "item_id");
      return itemId === undefined ? MALFORMED : { type, itemId, error: serverErrorOf(event.error) };
    }
    case "response.created":
      return responseCreated(event);
    case "response.function_call_arguments.done":
      return functionCallArguments(event);
    case "response.output_item.done": {
      const responseId = textOf(event, "response_id");
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

function placed(
  event: Fields,
  field: string,
  make: (place: NonNullable<ReturnType<typeof placeOf>>, text: string) => ServerEvent,
): ServerEvent | MalformedEvent {
  const place = placeOf(event);
  const text = textOf(event, field);
  return place === undefined || text === undefined ? MALFORMED : make(place, text);
}

function previousOf(event: Fields): { readonly previousItemId?: string } {
  const previousItemId = textOf(event, "previous_item_id");
  return previousItemId === undefined ? {} : { previousItemId };
}

function responseCreated(event: Fields): ServerEvent | MalformedEvent {
  const response = fieldsOf(event.response);
  const responseId = response && textOf(response, "id");
  if (!response || responseId === undefined) return MALFORMED;
  const purpose = textOf(fieldsOf(response.metadata), "purpose");
  return {
    type: "response.created",
    responseId,
    outOfBand: response.conversation_id === null,
    ...(purpose !== undefined && { purpose }),
  };
}

function functionCallArguments(event: Fields): ServerEvent | MalformedEvent {
  const responseId = textOf(event, "response_id");
  const callId = textOf(event, "call_id");
  const args = textOf(event, "arguments");
  if (responseId === undefined || callId === undefined || args === undefined) return MALFORMED;
  const name = textOf(event, "name");
  return {
    type: "response.function_call_arguments.done",
    responseId,
    callId,
    arguments: args,
    ...(name !== undefined && { name }),
  };
}

function responseDone(event: Fields): ServerEvent | MalformedEvent {
  const response = fieldsOf(event.response);
  const responseId = response && textOf(response, "id");
  if (!response || responseId === undefined) return MALFORMED;
  const status = statusOf(response.status);
  const details = fieldsOf(response.status_details);
  const error = fieldsOf(details?.error) && serverErrorOf(details?.error);
  const reason = textOf(details, "reason") ?? error?.code ?? error?.type;
  const usage = responseUsageOf(response.usage);
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
  return Array.isArray(response.output) ? response.output : [];
}

function statusOf(status: unknown): "completed" | "cancelled" | "incomplete" | "failed" {
  return status === "cancelled" || status === "incomplete" || status === "failed"
    ? status
    : "completed";
}
