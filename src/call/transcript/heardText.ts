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
