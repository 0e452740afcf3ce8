import type {
  FunctionCall,
  OutputPlace,
  ResponseUsage,
  ServerError,
  ServerItem,
  TranscriptionUsage,
} from "./openaiEvents.ts";

/** An object from the wire whose fields are still to be narrowed. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object with fields, where it is one. */
export function fieldsOf(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

/** A field that is a string. */
export function textOf(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.[name];
  return typeof value === "string" ? value : undefined;
}

/** A field that is a finite number. */
export function numberOf(fields: Fields | undefined, name: string): number | undefined {
  const value = fields?.[name];
  return isNumber(value) ? value : undefined;
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** Where a piece of output belongs; servers with one content part per item may leave its index out. */
export function placeOf(event: Fields): OutputPlace | undefined {
  // Read by their names, for every piece of audio comes through here.
  const { response_id: responseId, item_id: itemId, content_index: contentIndex } = event;
  if (typeof responseId !== "string" || typeof itemId !== "string") return undefined;
  return { responseId, itemId, contentIndex: isNumber(contentIndex) ? contentIndex : 0 };
}

/** Narrows an item; undefined for kinds that are of no use here. */
export function itemOf(value: unknown): ServerItem | "malformed" | undefined {
  const item = fieldsOf(value);
  const id = textOf(item, "id");
  if (!item || id === undefined) return "malformed";
  switch (item.type) {
    case "message": {
      const { role } = item;
      const known = role === "user" || role === "assistant" || role === "system";
      return known ? { type: "message", id, role } : undefined;
    }
    case "function_call": {
      const call = functionCallOf(item, "completed");
      return { type: "function_call", id, ...(call && { call }) };
    }
    case "function_call_output": {
      const callId = textOf(item, "call_id");
      return callId === undefined ? "malformed" : { type: "function_call_output", id, callId };
    }
    default:
      return undefined;
  }
}

/** The finished function call that an item is; `assumed` is its status where it states none. */
export function functionCallOf(value: unknown, assumed: string): FunctionCall | undefined {
  const item = fieldsOf(value);
  if (!item || item.type !== "function_call") return undefined;
  if ((textOf(item, "status") ?? assumed) !== "completed") return undefined;
  const callId = textOf(item, "call_id");
  const name = textOf(item, "name");
  const args = textOf(item, "arguments");
  if (callId === undefined || name === undefined || args === undefined) return undefined;
  return { callId, name, arguments: args };
}

/** What a response used; undefined where the server says nothing of it. */
export function responseUsageOf(value: unknown): ResponseUsage | undefined {
  const usage = fieldsOf(value);
  if (!usage) return undefined;
  const input = fieldsOf(usage.input_token_details);
  const output = fieldsOf(usage.output_token_details);
  const cached = fieldsOf(input?.cached_tokens_details);
  const inputAudio = amount(input, "audio_tokens") ?? 0;
  const outputAudio = amount(output, "audio_tokens") ?? 0;
  const cachedAudio = amount(cached, "audio_tokens") ?? 0;
  return {
    inputText: amount(input, "text_tokens") ?? rest(usage, "input_tokens", inputAudio),
    inputAudio,
    cachedText: amount(cached, "text_tokens") ?? rest(input, "cached_tokens", cachedAudio),
    cachedAudio,
    outputText: amount(output, "text_tokens") ?? rest(usage, "output_tokens", outputAudio),
    outputAudio,
  };
}

/** What a transcription used, billed by tokens or by time. */
export function transcriptionUsageOf(value: unknown): TranscriptionUsage | undefined {
  const usage = fieldsOf(value);
  if (!usage) return undefined;
  if (usage.type === "duration") return { unit: "seconds", seconds: amount(usage, "seconds") ?? 0 };
  return {
    unit: "tokens",
    input: amount(usage, "input_tokens") ?? 0,
    output: amount(usage, "output_tokens") ?? 0,
  };
}

/** Servers send an object, some a bare sentence. */
export function serverErrorOf(value: unknown): ServerError {
  const error = fieldsOf(value);
  const type = textOf(error, "type");
  const code = textOf(error, "code");
  const param = textOf(error, "param");
  const eventId = textOf(error, "event_id");
  return {
    message: textOf(error, "message") ?? (typeof value === "string" ? value : ""),
    ...(type !== undefined && { type }),
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
    ...(eventId !== undefined && { eventId }),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// A bill never shrinks, whatever the server says.
function amount(fields: Fields | undefined, name: string): number | undefined {
  const count = numberOf(fields, name);
  return count && Math.max(0, count);
}

function rest(fields: Fields | undefined, total: string, part: number): number {
  return Math.max(0, (amount(fields, total) ?? 0) - part);
}
