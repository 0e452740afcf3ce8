import type { HeardWord } from "./heardLines.ts";
import { mergeNumbers } from "./numberWords.ts";

/** Words as they are compared: without case, accents and punctuation, numbers in digits, in any script. */
export function plainWords(text: string): readonly string[] {
  return mergeNumbers(wordsIn(text)).map(({ text }) => text);
}

/** When words were heard one after the other, the first time from `sinceMs` on; undefined where they were not. */
export function findWords(
  wanted: string,
  heard: readonly HeardWord[],
  sinceMs = -Infinity,
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const words = plainWords(wanted);
  const parts = heard.flatMap(({ text, fromMs, toMs }) =>
    wordsIn(text).map((text) => ({ text, fromMs, toMs }))
  );
  const all = mergeNumbers(parts.map(({ text }) => text)).map(({ text, first, last }) => ({
    text,
    fromMs: parts[first]?.fromMs ?? 0,
    toMs: parts[last]?.toMs ?? 0,
  }));
  for (let at = 0; at + words.length <= all.length; at++) {
    const first = all[at];
    const last = all[at + words.length - 1];
    if (first === undefined || last === undefined || first.fromMs < sinceMs) continue;
    if (words.every((word, index) => all[at + index]?.text === word)) {
      return { fromMs: first.fromMs, toMs: last.toMs };
    }
  }
  return undefined;
}

/** Words as `plainWords`, with numbers as they are written; an amount with its sign is read as it is spoken. */
export function wordsIn(text: string): readonly string[] {
  const spoken = text.replaceAll(
    AMOUNT,
    (_, sign: string, amount: string) => `${amount} ${CURRENCIES[sign] ?? ""}`,
  );
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(spoken)) {
    if (!isWordLike) continue;
    const plain = segment.normalize("NFKD").replaceAll(/[\u0300-\u036f]/g, "").normalize()
      .toLowerCase();
    words.push(/^\d[\d,]*$/.test(plain) ? plain.replaceAll(",", "") : plain);
  }
  return words;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
const AMOUNT = /([$€£])\s?(\d[\d,]*(?:\.\d+)?)/g;
const CURRENCIES: Readonly<Record<string, string>> = { $: "dollars", "€": "euros", "£": "pounds" };
