import {
  formatShape,
  maxTokensShape,
  modalitiesShape,
  reasoningShape,
  sessionShape,
  toolChoiceShape,
  toolsShape,
  voiceShape,
} from "./sessionShape.ts";
import {
  anything,
  either,
  flag,
  integerIn,
  listOf,
  missing,
  nullable,
  oneOf,
  record,
  type Shape,
  tagged,
  text,
} from "./jsonShapes.ts";
import { type ClientEvent, type Refusal } from "./wire.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../utils/jsonOrUndefined.ts";

/** A client's message, or why it is not one; `eventId` is what the refusal must quote. */
export type ClientMessage =
  | { readonly event: ClientEvent }
  | { readonly refusal: Refusal; readonly eventId?: string };

/** Narrows one text frame; nothing of the wire is trusted before this. */
export function readClientEvent(frame: string): ClientMessage {
  const value = jsonOrUndefined(frame);
  if (value === undefined) {
    return { refusal: { code: "invalid_json", message: "The message is not valid JSON." } };
  }
  if (!isRecord(value)) {
    return { refusal: { code: "invalid_event", message: "The message is not a JSON object." } };
  }
  const quoted = typeof value.event_id === "string" ? { eventId: value.event_id } : {};
  if (typeof value.type !== "string") return { refusal: missing("type"), ...quoted };
  const shape = Object.hasOwn(shapes, value.type) ? shapes[value.type] : undefined;
  if (!shape) {
    const message = `Unknown event type: '${value.type.slice(0, 100)}'.`;
    return { refusal: { code: "invalid_event", message, param: "type" }, ...quoted };
  }
  const refusal = shape(value, "");
  if (refusal) return { refusal, ...quoted };
  return { event: value as unknown as ClientEvent };
}

const status = oneOf("completed", "incomplete", "in_progress");

const base = { type: text, id: text, object: text, status };

const messageItem: Shape = tagged("role", {
  system: message(tagged("type", { input_text: part({ text }, "text") })),
  user: message(tagged("type", {
    input_text: part({ text }, "text"),
    input_audio: part({ audio: text, transcript: nullable(text) }, "audio"),
    input_image: part({ image_url: text, detail: text }, "image_url"),
  })),
  assistant: message(tagged("type", { output_text: part({ text }, "text") })),
});

const item = tagged("type", {
  message: messageItem,
  function_call: record(
    { ...base, name: text, call_id: text, arguments: text },
    { required: ["name", "arguments"] },
  ),
  function_call_output: record(
    { ...base, call_id: text, output: text },
    { required: ["call_id", "output"] },
  ),
  mcp_approval_response: record(
    {
      type: text,
      id: text,
      approval_request_id: text,
      approve: flag,
      reason: nullable(text),
    },
    { required: ["approval_request_id", "approve"] },
  ),
});

const response = record({
  instructions: text,
  output_modalities: modalitiesShape,
  audio: record({ output: record({ format: formatShape, voice: voiceShape }) }),
  tools: toolsShape,
  tool_choice: toolChoiceShape,
  parallel_tool_calls: flag,
  reasoning: reasoningShape,
  max_output_tokens: maxTokensShape,
  metadata: nullable(metadata),
  conversation: oneOf("auto", "none"),
  input: listOf(either(record({ type: oneOf("item_reference"), id: text }), item)),
  prompt: anything,
});

const shapes: Readonly<Record<string, Shape>> = {
  "session.update": event({ session: sessionShape }, "session"),
  "input_audio_buffer.append": event({ audio: text }, "audio"),
  "input_audio_buffer.commit": event({}),
  "input_audio_buffer.clear": event({}),
  "output_audio_buffer.clear": event({}),
  "conversation.item.create": event({ item, previous_item_id: nullable(text) }, "item"),
  "conversation.item.retrieve": event({ item_id: text }, "item_id"),
  "conversation.item.delete": event({ item_id: text }, "item_id"),
  "conversation.item.truncate": event(
    {
      item_id: text,
      content_index: integerIn(0, 1_000),
      audio_end_ms: integerIn(0, Number.MAX_SAFE_INTEGER),
    },
    "item_id",
    "content_index",
    "audio_end_ms",
  ),
  "response.create": event({ response }),
  "response.cancel": event({ response_id: text }),
};

function event(fields: Readonly<Record<string, Shape>>, ...required: readonly string[]): Shape {
  return record({ type: text, event_id: eventId, ...fields }, { required });
}

function eventId(value: unknown, path: string): Refusal | void {
  if (typeof value !== "string" || value.length <= 512) return text(value, path);
  return {
    code: "invalid_value",
    message: `Invalid '${path}': expected at most 512 characters, got ${value.length}.`,
    param: path,
  };
}

function message(content: Shape): Shape {
  return record({ ...base, role: text, content: listOf(content) }, { required: ["content"] });
}

function part(fields: Readonly<Record<string, Shape>>, required: string): Shape {
  return record({ type: text, ...fields }, { required: [required] });
}

function metadata(value: unknown, path: string): Refusal | void {
  const pairs = isRecord(value) ? Object.entries(value) : undefined;
  const fits = pairs !== undefined && pairs.length <= 16 &&
    pairs.every(([key, entry]) =>
      key.length <= 64 && typeof entry === "string" && entry.length <= 512
    );
  return fits ? undefined : {
    code: "invalid_value",
    message: `Invalid '${path}': expected at most 16 pairs of strings (key 64, value 512 long).`,
    param: path,
  };
}
