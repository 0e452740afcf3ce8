import { germanNumber } from "./germanNumber.ts";
import type { SpokenWord } from "./spokenWords.ts";

/** One word, or several that are one number, and which of the given words it is made of. */
export interface Merged {
  readonly text: string;
  readonly first: number;
  readonly last: number;
}

const UNITS: ReadonlyMap<string, number> = new Map(
  ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " +
    "seventeen eighteen nineteen").split(" ").map((word, value) => [word, value] as const),
);
const TENS: ReadonlyMap<string, number> = new Map(
  "twenty thirty forty fifty sixty seventy eighty ninety".split(" ").map((word, index) =>
    [word, 20 + 10 * index] as const
  ),
);
const SCALES: ReadonlyMap<string, number> = new Map([["thousand", 1000], ["million", 1_000_000]]);

/** How numbers of several words are read: within a sentence's parts, beyond them, or word by word. */
export type Reading = typeof readings[number];
export const readings = ["within", "beyond", "single"] as const;

/**
 * Writes English and German numbers in digits: `forty two` and `42` become the same. Digits that are read one by one
 * stay so, and so do two amounts with `and` between them.
 */
export function mergeNumbers(
  words: readonly SpokenWord[],
  reading: Reading = "within",
): readonly Merged[] {
  const merged: Merged[] = [];
  for (let at = 0; at < words.length;) {
    const { text, used } = reading === "single"
      ? { text: words[at]?.text ?? "", used: 1 }
      : wordAt(partFrom(words, at, reading));
    merged.push({ text, first: at, last: at + used - 1 });
    at += used;
  }
  return merged;
}

/**
 * Makes one of whole numbers that follow each other: digits that are read one by one may be written together, in
 * groups or with separators. Decimals stay as they are.
 */
export function joinWholeNumbers(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of words) {
    const digits = /^\d+(?:\.\d+){2,}$/.test(word) ? word.replaceAll(".", "") : word;
    const last = joined.at(-1);
    if (last !== undefined && WHOLE.test(last) && WHOLE.test(digits)) {
      joined[joined.length - 1] = last + digits;
    } else joined.push(digits);
  }
  return joined;
}

const WHOLE = /^\d+$/;

/** The longest number has fewer words. */
const MAX_WORDS = 16;

function partFrom(words: readonly SpokenWord[], from: number, reading: Reading) {
  const part: string[] = [];
  for (const { text, isLast } of words.slice(from, from + MAX_WORDS)) {
    part.push(text);
    if (isLast && reading === "within") break;
  }
  return part;
}

/** The first of the words, with all that is one number with it. */
function wordAt(words: readonly string[]): { readonly text: string; readonly used: number } {
  const [first = "", second = ""] = words;
  if (first === "minus") {
    const { text, used } = wordAt(words.slice(1));
    if (/^\d/.test(text)) return { text: `-${text}`, used: used + 1 };
  }
  const isOne = first === "a" && (second === "hundred" || SCALES.has(second));
  const { value, used } = numberAt(isOne ? ["one", ...words.slice(1)] : words);
  if (value !== undefined) return { text: String(value), used };
  return { text: String(germanNumber(first) ?? first), used: 1 };
}

function numberAt(
  words: readonly string[],
): { readonly value?: number; readonly used: number } {
  let total = 0;
  let group: number | undefined;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? "";
    const unit = UNITS.get(word);
    const ten = TENS.get(word);
    const scale = SCALES.get(word);
    const previous = words[at - 1] ?? "";
    const isBegun = at > 0;
    if (unit !== undefined) {
      const fits = !isBegun || scaled(previous) || (TENS.has(previous) && unit > 0 && unit < 10);
      if (!fits) break;
      group = (group ?? 0) + unit;
    } else if (ten !== undefined) {
      if (isBegun && !scaled(previous)) break;
      group = (group ?? 0) + ten;
    } else if (word === "hundred" && group !== undefined && group < 10) {
      group *= 100;
    } else if (scale !== undefined && group !== undefined) {
      total += group * scale;
      group = 0;
    } else if (!(word === "and" && isBegun && scaled(previous) && isSmall(words.slice(at + 1)))) {
      break;
    }
  }
  return group === undefined ? { used: 0 } : { value: total + group, used: at };
}

function scaled(word: string): boolean {
  return word === "hundred" || word === "and" || SCALES.has(word);
}

/** A number that is no amount of its own: `one hundred and two hundred` are two. */
function isSmall([first = "", second = "", third = ""]: readonly string[]): boolean {
  if (!UNITS.has(first) && !TENS.has(first)) return false;
  const next = TENS.has(first) && UNITS.has(second) ? third : second;
  return next !== "hundred" && !SCALES.has(next);
}
