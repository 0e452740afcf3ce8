import type { TranscriptTurn } from "../../call/callEvent.ts";
import type { Mark } from "./marks.ts";

/** A span of a call in which something private is heard. */
export interface RedactedSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A digit is said as a word. */
const DIGIT_CHARACTERS = 6;
/** Where a turn begins and ends is known to about this. */
const EDGE_MS = 600;
/** How far a word may be from its share of the turn, besides a part of the turn's length. */
const UNSURE_MS = 1000;
const UNSURE_SHARE = 0.15;
/** Shorter turns of the caller are silenced whole: how fast people speak is not known. */
const WHOLE_MS = 12_000;
const CALLER_UNSURE_SHARE = 0.35;

/** When a mark of a turn is heard, generously; `text` is what the turn was to be, `atMs` the time now. */
export function redactedSpan(
  { role, startedMs, endedMs }: Pick<TranscriptTurn, "role" | "startedMs" | "endedMs">,
  text: string,
  { from, to }: Mark,
  atMs: number,
): RedactedSpan {
  const [beginMs, endMs] = [startedMs - EDGE_MS, (endedMs ?? atMs) + EDGE_MS];
  const lengthMs = Math.max(0, endMs - beginMs);
  if (role === "caller" && lengthMs <= WHOLE_MS) return whole(beginMs, endMs);
  const total = weightOf(text, 0, text.length);
  if (total === 0) return whole(beginMs, endMs);
  const share = role === "caller" ? CALLER_UNSURE_SHARE : UNSURE_SHARE;
  const unsureMs = UNSURE_MS + share * lengthMs;
  const at = (place: number) => beginMs + lengthMs * weightOf(text, 0, place) / total;
  return whole(
    Math.max(beginMs, at(from) - unsureMs),
    Math.min(endMs, at(to) + unsureMs),
  );
}

function whole(fromMs: number, toMs: number): RedactedSpan {
  return { fromMs: Math.max(0, Math.floor(fromMs)), toMs: Math.max(0, Math.ceil(toMs)) };
}

function weightOf(text: string, from: number, to: number): number {
  let weight = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    weight += code >= 48 && code <= 57 ? DIGIT_CHARACTERS : 1;
  }
  return weight;
}
