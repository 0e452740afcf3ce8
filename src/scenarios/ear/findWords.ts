import type { HeardWord } from "./heardLines.ts";
import { mergeNumbers, type Reading } from "./numberWords.ts";
import { spokenWords } from "./spokenWords.ts";

/** Words as they are compared: without case, accents and punctuation, numbers in digits, in any script. */
export function plainWords(text: string): readonly string[] {
  return mergeNumbers(spokenWords(text)).map(({ text }) => text);
}

/** When words were heard one after the other, the first time from `sinceMs` on; undefined where they were not. */
export function findWords(
  wanted: string,
  heard: readonly HeardWord[],
  sinceMs = -Infinity,
  reading: Reading = "within",
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const words = mergeNumbers(spokenWords(wanted), reading).map(({ text }) => text);
  const parts = heard.flatMap(({ text, fromMs, toMs }) =>
    spokenWords(text).map((word) => ({ ...word, fromMs, toMs }))
  );
  const all = mergeNumbers(parts, reading).map(({ text, first, last }) => ({
    text,
    fromMs: parts[first]?.fromMs ?? 0,
    toMs: parts[last]?.toMs ?? 0,
  }));
  // "forty dollars" is no part of "two hundred and forty dollars", as it is none of "$240". What begins with no amount,
  // such as "hundred dollars", is part of what was said.
  const isAmount = AMOUNT.test(mergeNumbers(spokenWords(wanted))[0]?.text ?? "");
  const goesOn = new Set(
    reading !== "single" || !isAmount
      ? []
      : mergeNumbers(parts).flatMap(({ first, last }) =>
        Array.from({ length: last - first }, (_, index) => first + 1 + index)
      ),
  );
  for (let at = 0; at + words.length <= all.length; at++) {
    const first = all[at];
    const last = all[at + words.length - 1];
    if (first === undefined || last === undefined || first.fromMs < sinceMs) continue;
    if (goesOn.has(at)) continue;
    if (words.every((word, index) => all[at + index]?.text === word)) {
      return { fromMs: first.fromMs, toMs: last.toMs };
    }
  }
  return undefined;
}

const AMOUNT = /^-?\d/;

/** Words as `plainWords`, with numbers as they are written. */
export function wordsIn(text: string): readonly string[] {
  return spokenWords(text).map(({ text }) => text);
}
