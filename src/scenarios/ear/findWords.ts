import type { HeardWord } from "./heardLines.ts";

/** Words as they are compared: without case, accents and punctuation, in any script. */
export function plainWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (!isWordLike) continue;
    words.push(segment.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase());
  }
  return words;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** When words were heard one after the other, the first time from `sinceMs` on; undefined where they were not. */
export function findWords(
  wanted: string,
  heard: readonly HeardWord[],
  sinceMs = -Infinity,
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const words = plainWords(wanted);
  const all = heard.flatMap((word) =>
    plainWords(word.text).map((text) => ({ text, fromMs: word.fromMs, toMs: word.toMs }))
  );
  for (let at = 0; at + words.length <= all.length; at++) {
    const [first] = all.slice(at);
    const last = all[at + words.length - 1];
    if (first === undefined || last === undefined || first.fromMs < sinceMs) continue;
    if (words.every((word, index) => all[at + index]?.text === word)) {
      return { fromMs: first.fromMs, toMs: last.toMs };
    }
  }
  return undefined;
}
