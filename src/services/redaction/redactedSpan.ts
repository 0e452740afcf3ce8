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
/** That the caller has begun is known late where this process or the network was held up: by no more than this. */
const LATE_MS = 3000;
/** How far a word may be from its share of the turn, besides a part of the turn's length. */
const UNSURE_MS = 1000;
const UNSURE_SHARE = 0.15;
/** Shorter turns of the caller are silenced whole: how fast people speak is not known. */
const WHOLE_MS = 12_000;
const CALLER_UNSURE_SHARE = 0.35;

/**
 * When a mark of a turn is heard, generously; `weights` are of what the turn was to be, as `weightsOf` says
 * them, `atMs` is the time now, and the caller was silent since `quietSinceMs`.
 */
export function redactedSpan(
  { role, startedMs, endedMs }: Pick<TranscriptTurn, "role" | "startedMs" | "endedMs">,
  weights: Float64Array,
  { from, to }: Mark,
  atMs: number,
  quietSinceMs = 0,
): RedactedSpan {
  const [beginMs, endMs] = [startedMs - EDGE_MS, (endedMs ?? atMs) + EDGE_MS];
  const lengthMs = Math.max(0, endMs - beginMs);
  const firstMs = role === "caller"
    ? Math.min(beginMs, Math.max(quietSinceMs, startedMs - LATE_MS))
    : beginMs;
  if (role === "caller" && lengthMs <= WHOLE_MS) return whole(firstMs, endMs);
  const total = weights.at(-1) ?? 0;
  if (total === 0) return whole(firstMs, endMs);
  const share = role === "caller" ? CALLER_UNSURE_SHARE : UNSURE_SHARE;
  const unsureMs = UNSURE_MS + share * lengthMs;
  const at = (place: number) => beginMs + lengthMs * (weights[place] ?? total) / total;
  const fromMs = at(from) - unsureMs;
  return whole(fromMs > beginMs ? fromMs : firstMs, Math.min(endMs, at(to) + unsureMs));
}

/** By character of a text, for how long what stands before it is said; at its end, for all of it. */
export function weightsOf(text: string): Float64Array {
  const weights = new Float64Array(text.length + 1);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    weights[at + 1] = weights[at]! + (code >= 48 && code <= 57 ? DIGIT_CHARACTERS : 1);
  }
  return weights;
}

function whole(fromMs: number, toMs: number): RedactedSpan {
  return { fromMs: Math.max(0, Math.floor(fromMs)), toMs: Math.max(0, Math.ceil(toMs)) };
}
