import type { ClientMessage } from "../protocol/web.ts";
import { isRecord } from "../utils/isRecord.ts";

type Narrowed =
  | { readonly ok: true; readonly message: ClientMessage }
  | { readonly ok: false; readonly code: string; readonly error: string };

/** Narrows the text of one message; what is not valid comes back as a code and a sentence. */
export function parseClientMessage(json: string): Narrowed {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return refuse("invalid_json", "The message is not JSON.");
  }
  if (!isRecord(value)) {
    return refuse("invalid_message", "A message is a JSON object.");
  }
  return narrow(value);
}

const MAX_TEXT_CHARS = 4000;
const MAX_CONTEXT_CHARS = 2000;
const MAX_ID_CHARS = 200;
const MAX_ERROR_CHARS = 500;
const MAX_TOOLS = 64;

type Fields = Readonly<Record<string, unknown>>;

function narrow(fields: Fields): Narrowed {
  switch (fields.type) {
    case "hello":
      if (fields.tools !== undefined && fields.tools !== null && !isToolNames(fields.tools)) {
        return refuse("invalid_tools", `tools has at most ${MAX_TOOLS} names of tools.`);
      }
      return accept({
        type: "hello",
        binary: fields.binary === true,
        ...(fields.resume === true && { resume: true }),
        ...(isToolNames(fields.tools) && { tools: fields.tools }),
      });
    case "tool_result":
      return narrowResult(fields);
    case "pong":
      return accept({ type: "pong" });
    case "input_audio_buffer.append":
      return isPcm16(fields.audio)
        ? accept({ type: fields.type, audio: fields.audio })
        : refuse("invalid_audio", "audio is base64 of a whole number of 16-bit samples.");
    case "input_audio_buffer.commit":
    case "input_audio_buffer.clear":
    case "interrupt":
      return accept({ type: fields.type });
    case "text":
      return narrowText("text", fields.text, MAX_TEXT_CHARS);
    case "context":
      return narrowText("context", fields.text, MAX_CONTEXT_CHARS);
    case "dtmf":
      return typeof fields.digit === "string" && /^[0-9*#A-D]$/.test(fields.digit)
        ? accept({ type: "dtmf", digit: fields.digit })
        : refuse("invalid_digit", "digit is one of 0-9, *, # and A-D.");
    case "played":
      return isId(fields.itemId) && isPosition(fields.ms)
        ? accept({
          type: "played",
          itemId: fields.itemId,
          ms: Math.max(0, fields.ms),
          cleared: fields.cleared === true,
        })
        : refuse("invalid_position", "played has an itemId and ms, a finite number.");
    default:
      return refuse("unknown_type", "No message has this type.");
  }
}

function narrowText(type: "text" | "context", value: unknown, maxChars: number): Narrowed {
  const given = typeof value === "string" ? value : "";
  const text = given.length <= 2 * maxChars ? given.trim().toWellFormed() : "";
  return text.length > 0 && text.length <= maxChars
    ? accept({ type, text })
    : refuse("invalid_text", `text has 1 to ${maxChars} characters.`);
}

function narrowResult({ id, output, error }: Fields): Narrowed {
  if (!isId(id)) return refuse("invalid_result", "tool_result has the id of a tool_call.");
  if (typeof error === "string") {
    return accept({ type: "tool_result", id, error: error.slice(0, MAX_ERROR_CHARS) });
  }
  return accept({ type: "tool_result", id, output: output ?? null });
}

function isToolNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MAX_TOOLS && value.every(isId);
}

function accept(message: ClientMessage): Narrowed {
  return { ok: true, message };
}

function refuse(code: string, error: string): Narrowed {
  return { ok: false, code, error };
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_ID_CHARS;
}

/** Negative positions are read as 0; JSON can write infinity as `1e999`. */
function isPosition(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Padded base64 of an even, positive number of bytes. */
function isPcm16(value: unknown): value is string {
  if (typeof value !== "string" || value.length === 0 || value.length % 4 !== 0) return false;
  const padding = value.endsWith("==") ? 2 : value.endsWith("=") ? 1 : 0;
  return (value.length / 4 * 3 - padding) % 2 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value);
}
