import type { Milliseconds } from "../types.ts";

/** Faster than speech is: a guard against text that has come much further than its audio. */
const FASTEST_MS_PER_CHARACTER = 45;

/**
 * The words of a text that were heard when its audio was cut off, ending at the end of a word.
 *
 * Text comes ahead of audio, so the share that was heard is taken of all the audio where the model
 * has finished, and otherwise of at least as much as the text needs to be spoken.
 */
export function heardText(
  text: string,
  heardMs: Milliseconds,
  producedMs: Milliseconds,
  complete: boolean,
): string {
  const totalMs = complete
    ? producedMs
    : Math.max(producedMs, text.length * FASTEST_MS_PER_CHARACTER);
  if (totalMs <= 0 || heardMs <= 0) return "";
  if (heardMs >= totalMs) return text;
  const length = Math.round((text.length * heardMs) / totalMs);
  if (/\s/.test(text.charAt(length))) return text.slice(0, length).trimEnd();
  const start = text.slice(0, length).search(/\s\S*$/);
  return start < 0 ? "" : text.slice(0, start).trimEnd();
}

/** Slow speech: what is still being produced has come no further than this says. */
const SLOW_MS_PER_CHARACTER = 90;
/** Words are not of the same length: what was heard is known to about this. */
const UNSURE_MS = 400;
const SENTENCE_END = /(?:[.!?…؟]["'”’»)\]]*\s+|[。！？]["'”’»)\]]*\s*)/g;

/**
 * How many characters of a text were heard for sure, to the end of a sentence: what follows may have been
 * heard in part.
 */
export function heardSentences(
  text: string,
  { heardMs, producedMs, complete }: {
    readonly heardMs: Milliseconds;
    readonly producedMs: Milliseconds;
    readonly complete: boolean;
  },
): number {
  const sureMs = heardMs - UNSURE_MS;
  if (sureMs <= 0) return 0;
  const totalMs = complete ? producedMs : Math.max(producedMs, text.length * SLOW_MS_PER_CHARACTER);
  const heard = text.length * Math.min(1, sureMs / totalMs);
  let characters = 0;
  for (const { 0: end, index } of text.matchAll(SENTENCE_END)) {
    const next = index + end.length;
    if (next > heard) break;
    characters = next;
  }
  return characters;
}
