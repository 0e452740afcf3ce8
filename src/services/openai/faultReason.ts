import { withoutValues } from "../../utils/withoutValues.ts";

/**
 * What may be shown of an error's message: undefined where it could quote a caller, a tool's arguments
 * or the agent's instructions. Only sentences of known beginnings pass, and of what they quote only
 * the names of parameters, models and ids.
 */
export function shownReason(message: string | undefined): string | undefined {
  const sentence = message?.slice(0, MAX_LENGTH);
  if (sentence === undefined || !BEGINNINGS.some((beginning) => sentence.startsWith(beginning))) {
    return undefined;
  }
  return withoutFigures(
    sentence.replace(QUOTED, (quote) => PLAIN_NAME.test(quote) ? quote : "'…'"),
  );
}

/**
 * The same of a refused set-up, in which nothing of the caller has been sent but what the agent's
 * instructions say of one: a message that repeats a piece of them, or of a secret, is not shown.
 */
export function shownSetupReason(
  message: string,
  instructions: string,
  secrets: readonly string[] = [],
): string | undefined {
  const sentence = withoutValues(message, secrets).slice(0, MAX_LENGTH);
  for (let at = 0; at + QUOTE_LENGTH <= sentence.length; at++) {
    const piece = sentence.slice(at, at + QUOTE_LENGTH);
    if ([instructions, ...secrets].some((text) => text.includes(piece))) return undefined;
  }
  const shown = sentence.replace(QUOTED, (quote) => QUOTED_WORD.test(quote) ? quote : "'…'");
  return shown === "" ? undefined : withoutFigures(shown);
}

/** A code, type or parameter: undefined unless it looks like one. */
export function shownName(name: string | undefined): string | undefined {
  return name !== undefined && NAME.test(name) ? name : undefined;
}

// Account numbers and the like.
function withoutFigures(text: string): string {
  return text.replace(/\d{7,}/g, "…");
}

const MAX_LENGTH = 300;
/** The length from which a repeated piece of the instructions is no coincidence. */
const QUOTE_LENGTH = 16;

const NAME = /^[\w.:[\]/-]{1,100}$/;
const QUOTED = /'[^']*'|"[^"]*"|`[^`]*`/g;
const QUOTED_WORD = /^.(?:type: "?)?[\w.:[\]/-]{0,64}"?.$/;
const PLAIN_NAME =
  /^.(?:(?:session|item|response|audio|tools|input|output|conversation|type|gpt|whisper|resp|event|call|conv|sess)[\w.[\]-]{0,80})?.$/;

const BEGINNINGS: readonly string[] = [
  "Access denied",
  "Audio content of ",
  "Billing hard limit",
  "Buffer too small",
  "Cancellation failed",
  "Cannot update ",
  "Conversation already has an active response",
  "Country, region",
  "Error committing input audio buffer",
  "Incorrect API key provided",
  "Input transcription failed",
  "Internal server error",
  "Invalid authentication",
  "Invalid schema for function ",
  "Invalid value: ",
  "Item with item_id ",
  "Missing required parameter: ",
  "No tool ",
  "Project ",
  "Quota ",
  "Rate limit",
  "Requests to ",
  "The API deployment",
  "The model ",
  "The requested model ",
  "The server had an error",
  "The server is ",
  "Tool call ID ",
  "Too many ",
  "Unknown parameter: ",
  "Unsupported ",
  "You exceeded your current quota",
  "You must be a member",
  "Your account ",
  "Your session hit",
];
