import type {
  ModelInput,
  SpeechRef,
  TokenUsage,
  ToolCall,
  TranscriptionUsage,
} from "../../../call/realtimeClient.ts";
import type { ServerError } from "./serverEventTypes.ts";
import { present } from "../../../utils/present.ts";
import { isRecord } from "../../../utils/isRecord.ts";

/** An object from the wire whose fields are still to be narrowed. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object with fields, where it is one. */
export function fieldsOf(value: unknown): Fields | undefined {
  return isRecord(value) ? value : undefined;
}

/** A field that is a string. */
export function textOf(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.[name];
  return typeof value === "string" ? value : undefined;
}

/** A field that is an id; none is as long as that. */
export function idOf(fields: Fields | undefined, name: string): string | undefined {
  const value = textOf(fields, name);
  return value !== undefined && value.length <= MAX_ID ? value : undefined;
}

/** A field that is a code or the name of a kind, and looks like one. */
export function nameOf(fields: Fields | undefined, name: string): string | undefined {
  const value = textOf(fields, name);
  return value !== undefined && NAME.test(value) ? value : undefined;
}

/** A field that is prose, cut where no more of it can be meant. */
export function proseOf(fields: Fields | undefined, name: string): string | undefined {
  return textOf(fields, name)?.slice(0, MAX_PROSE);
}

/** A field that is a finite number. */
export function numberOf(fields: Fields | undefined, name: string): number | undefined {
  const value = fields?.[name];
  return isNumber(value) ? value : undefined;
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** Which piece of output an event is about; servers with one content part per item may leave its index out. */
export function refOf(event: Fields): SpeechRef | undefined {
  // Read by their names, for every piece of audio comes through here.
  const { response_id: responseId, item_id: itemId, content_index: contentIndex } = event;
  if (typeof responseId !== "string" || typeof itemId !== "string") return undefined;
  if (responseId.length > MAX_ID || itemId.length > MAX_ID) return undefined;
  return { responseId, itemId, contentIndex: isIndex(contentIndex) ? contentIndex : 0 };
}

/** An item of the conversation, as far as a call needs it. */
interface ServerItem {
  readonly id: string;
  readonly role: ItemAdded["role"];
  /** Id of the tool call whose output it is. */
  readonly callId?: string;
  /** The label of the server whose tools it lists. */
  readonly toolServer?: string;
  /** Absent while a call is unfinished, or was cut short. */
  readonly call?: ToolCall;
}

type ItemAdded = Extract<ModelInput, { type: "itemAdded" }>;

const ROLES: ReadonlyMap<unknown, ItemAdded["role"]> = new Map([
  ["user", "user"],
  ["assistant", "agent"],
  ["system", "system"],
]);

/** Narrows an item; undefined for kinds that are of no use here. */
export function itemOf(value: unknown): ServerItem | "malformed" | undefined {
  const item = fieldsOf(value);
  const id = idOf(item, "id");
  if (!item || id === undefined) return "malformed";
  switch (item.type) {
    case "message": {
      const role = ROLES.get(item.role);
      return role && { id, role };
    }
    case "function_call": {
      const call = functionCallOf(item, "completed");
      return { id, role: "tool", ...present({ call }) };
    }
    case "mcp_approval_request": {
      const call = functionCallOf(item, "completed");
      return { id, role: "tool", ...present({ call }) };
    }
    case "mcp_list_tools":
      return { id, role: "tool", ...present({ toolServer: idOf(item, "server_label") }) };
    case "mcp_call":
    case "mcp_tool_call":
    case "mcp_approval_response":
      return { id, role: "tool" };
    case "function_call_output": {
      const callId = idOf(item, "call_id");
      return callId === undefined ? "malformed" : { id, role: "tool", callId };
    }
    default:
      return undefined;
  }
}

/**
 * The finished function call that an item is, or the call that the model asks to be let run; `assumed` is its
 * status where it states none.
 */
export function functionCallOf(value: unknown, assumed: string): ToolCall | undefined {
  const item = fieldsOf(value);
  if (item?.type === "mcp_approval_request") return askedCall(item);
  if (!item || item.type !== "function_call") return undefined;
  if ((textOf(item, "status") ?? assumed) !== "completed") return undefined;
  return calledFunction(item, textOf(item, "name"));
}

function askedCall(item: Fields): ToolCall | undefined {
  const call = calledFunction({ ...item, call_id: item.id }, textOf(item, "name"));
  return call && { ...call, by: "model" };
}

/**
 * A call by its fields. Beyond any sensible length the name and the arguments are cut: the call then
 * fails as one of an unknown tool or with unreadable arguments, and the model gets that as the output.
 */
export function calledFunction(fields: Fields, name: string | undefined): ToolCall | undefined {
  const callId = idOf(fields, "call_id");
  const args = textOf(fields, "arguments");
  if (callId === undefined || name === undefined || args === undefined) return undefined;
  return { callId, name: name.slice(0, MAX_TOOL_NAME), arguments: args.slice(0, MAX_ARGUMENTS) };
}

/** What a response used; undefined where the server says nothing of it. */
export function responseUsageOf(value: unknown): TokenUsage | undefined {
  const usage = fieldsOf(value);
  if (!usage) return undefined;
  const input = fieldsOf(usage.input_token_details);
  const output = fieldsOf(usage.output_token_details);
  const cached = fieldsOf(input?.cached_tokens_details);
  const given = [
    ...[amount(usage, "input_tokens"), amount(usage, "output_tokens")],
    ...[amount(input, "text_tokens"), amount(input, "audio_tokens")],
    ...[amount(output, "text_tokens"), amount(output, "audio_tokens")],
  ];
  if (given.every((it) => it === undefined)) return undefined;
  const inputAudio = amount(input, "audio_tokens") ?? 0;
  const inputText = amount(input, "text_tokens") ?? rest(usage, "input_tokens", inputAudio);
  const outputAudio = amount(output, "audio_tokens") ?? 0;
  const cachedAudio = Math.min(amount(cached, "audio_tokens") ?? 0, inputAudio);
  const cachedText = amount(cached, "text_tokens") ?? rest(input, "cached_tokens", cachedAudio);
  return {
    inputText,
    inputAudio,
    cachedText: Math.min(cachedText, inputText),
    cachedAudio,
    outputText: amount(output, "text_tokens") ?? rest(usage, "output_tokens", outputAudio),
    outputAudio,
  };
}

/** What a transcription used, billed by tokens or by time. */
export function transcriptionUsageOf(value: unknown): TranscriptionUsage | undefined {
  const usage = fieldsOf(value);
  if (!usage) return undefined;
  if (usage.type === "duration") {
    const seconds = numberOf(usage, "seconds") ?? 0;
    return seconds <= MAX_SECONDS ? { unit: "seconds", seconds: Math.max(0, seconds) } : undefined;
  }
  return {
    unit: "tokens",
    input: amount(usage, "input_tokens") ?? 0,
    output: amount(usage, "output_tokens") ?? 0,
  };
}

/** Servers send an object, some a bare sentence. */
export function serverErrorOf(value: unknown): ServerError {
  const error = fieldsOf(value);
  const type = nameOf(error, "type");
  const code = nameOf(error, "code");
  const param = nameOf(error, "param");
  const eventId = idOf(error, "event_id");
  const message = textOf(error, "message") ?? (typeof value === "string" ? value : "");
  return {
    message: message.slice(0, MAX_MESSAGE),
    ...present({ type, code, param, eventId }),
  };
}

// A bill never shrinks, and no response takes as much as that: such figures are not believed.
function amount(fields: Fields | undefined, name: string): number | undefined {
  const count = numberOf(fields, name);
  if (count === undefined || count > MAX_TOKENS) return undefined;
  return Math.max(0, Math.round(count));
}

function rest(fields: Fields | undefined, total: string, part: number): number {
  return Math.max(0, (amount(fields, total) ?? 0) - part);
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && isNumber(value) && value >= 0 && value <= MAX_INDEX;
}

const MAX_ID = 200;
const MAX_PROSE = 100_000;
const MAX_MESSAGE = 1_000;
const MAX_TOOL_NAME = 128;
const MAX_ARGUMENTS = 200_000;
const MAX_TOKENS = 10_000_000;
const MAX_SECONDS = 86_400;
const MAX_INDEX = 999;
const NAME = /^[\w.:[\]/-]{1,100}$/;
