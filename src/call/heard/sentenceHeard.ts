import type { AgentEntry } from "../transcript/transcriptEntry.ts";
import type { Milliseconds } from "../types.ts";
import { placeOf, wordsOf } from "./words.ts";

/** When a sentence was heard, from its first word to its last, since the call began. */
export interface HeardSpan {
  readonly fromMs: Milliseconds;
  readonly toMs: Milliseconds;
}

/** So many words behind a sentence must have been heard of what was cut off, as the place is an estimate. */
const WORDS_BEHIND = 2;
/** As slowly as anybody speaks: words may have come further than the sound of what was broken off. */
const SLOWEST_MS_PER_CHARACTER = 250;

/** Whether a line of the agent's has a sentence, be it in what was not heard of it. */
export function saysSentence(sentence: string, { text, unheard = "" }: AgentEntry): boolean {
  return placeOf(sentence, `${text} ${unheard}`) !== undefined;
}

/** When the caller has heard a sentence in a line of the agent's; undefined where that is not certain. */
export function sentenceHeard(
  sentence: string,
  entry: AgentEntry,
  { startedAt, isOver, now }: {
    /** Of the call. */
    readonly startedAt: Milliseconds;
    /** Nothing will tell exactly how far a caller heard who has hung up. */
    readonly isOver: boolean;
    readonly now: Milliseconds;
  },
): HeardSpan | undefined {
  const { text, unheard = "", interrupted, brokenOff, heardMs = 0, endedAt = now } = entry;
  const place = placeOf(sentence, text);
  if (place === undefined) return undefined;
  const isWhole = unheard === "" && !(interrupted && isOver);
  if (!isWhole && wordsOf(text.slice(place.to)).length < WORDS_BEHIND) return undefined;
  if (brokenOff === true && heardMs < place.to * SLOWEST_MS_PER_CHARACTER) return undefined;
  // Words may come when their sound is long over.
  const began = Math.min(entry.startedAt, entry.soundedAt ?? Infinity);
  const from = Math.max(began, endedAt - heardMs) - startedAt;
  const at = (character: number) => from + heardMs * character / text.length;
  const toMs = Math.min(at(place.to), endedAt - startedAt);
  return { fromMs: Math.round(Math.min(at(place.from), toMs)), toMs: Math.round(toMs) };
}
