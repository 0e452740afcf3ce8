import type { CallInput } from "./callInput.ts";
import type { SpeechRef } from "./realtimeClient.ts";
import type { ResumedCall } from "./resumedCall.ts";
import type { CallPolicy, Milliseconds } from "./types.ts";
import { isRecord } from "../utils/isRecord.ts";

/** An input of a call and its time, audio as its length alone: enough to replay the call. */
export type JournalEntry =
  /** Comes first, and again where another session goes on with the call, by the clock of that one. */
  | { readonly at: Milliseconds; readonly policy: CallPolicy; readonly resumed?: ResumedCall }
  | { readonly at: Milliseconds; readonly input: CallInput }
  | { readonly at: Milliseconds; readonly speech: SpeechRef; readonly durationMs: Milliseconds };

/** Raised when a line comes to mean something else. */
const VERSION = 1;
/** What people say and press, what tools are asked and answer, and what an operator has said for them. */
const PRIVATE_FIELDS: ReadonlySet<string> = new Set([
  "text",
  "digit",
  "digits",
  "arguments",
  "output",
  "greeting",
  "goodbye",
  "sentence",
  "unanswered",
  "instructions",
  "unheard",
  "question",
  "words",
  "announcement",
  "say",
  "why",
  "facts",
  "summary",
  "words",
]);

/**
 * One line of JSON, without its end; `redacts` puts placeholders of the same length for what is private,
 * `hidesDigits` for the digits in it alone.
 */
export function encodeJournal(
  entry: JournalEntry,
  { redacts = false, hidesDigits = false }: {
    readonly redacts?: boolean;
    readonly hidesDigits?: boolean;
  } = {},
): string {
  const line = "policy" in entry ? { version: VERSION, ...entry } : entry;
  return JSON.stringify(line, redacts ? redact : hidesDigits ? hideDigits : undefined);
}

/** Reads what `encodeJournal` wrote, line by line; blank lines do not count. */
export function decodeJournal(text: string): readonly JournalEntry[] {
  const entries = text.split("\n").flatMap((line, index) =>
    line.trim() === "" ? [] : [decodeJournalLine(line, index + 1)]
  );
  const first = entries[0];
  if (first === undefined || !("policy" in first)) {
    throw new SyntaxError("Cannot read the journal: it does not begin with the call's policy");
  }
  return entries;
}

/** Reads one line that is not blank; `number` is for errors, and counts from 1. */
export function decodeJournalLine(line: string, number: number): JournalEntry {
  const entry = parse(line, number);
  if (isEntry(entry)) return entry;
  throw new SyntaxError(`Cannot read the journal: line ${number} is no entry`);
}

function parse(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new SyntaxError(`Cannot read the journal: line ${number} is not JSON`, { cause });
  }
}

/** Inputs are not narrowed further: Parley wrote them itself. */
function isEntry(entry: unknown): entry is JournalEntry {
  if (!isRecord(entry) || typeof entry.at !== "number") return false;
  if (isRecord(entry.policy)) return entry.version === VERSION;
  if (isRecord(entry.input)) return typeof entry.input.type === "string";
  return isRecord(entry.speech) && typeof entry.speech.itemId === "string" &&
    typeof entry.speech.responseId === "string" && typeof entry.durationMs === "number";
}

/** What the caller types in confidence, wherever the model or a tool repeats it. */
function hideDigits(field: string, value: unknown): unknown {
  if (field === "digit" || field === "digits") return redact(field, value);
  return typeof value === "string" && PRIVATE_FIELDS.has(field) ? value.replace(/\d/g, "0") : value;
}

/**
 * Spaces and the ends of sentences stay, so that a text is still cut at the same word. A digit stays a digit,
 * and `#` ends an entry.
 */
function redact(field: string, value: unknown): unknown {
  if (typeof value !== "string" || !PRIVATE_FIELDS.has(field)) return value;
  return field === "digit" || field === "digits"
    ? value.replaceAll(/[^#]/g, "0")
    : value.replaceAll(/[^\s.!?…؟。！？"'”’»)\]]/g, "x");
}
