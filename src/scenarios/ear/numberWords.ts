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

/**
 * Writes English numbers in digits: `forty two` and `42` become the same. Digits that are read one by one stay
 * so. Words are in lower case.
 */
export function mergeNumbers(words: readonly string[]): readonly Merged[] {
  const merged: Merged[] = [];
  for (let at = 0; at < words.length;) {
    const { value, used } = numberAt(words, at);
    const text = value === undefined ? words[at] ?? "" : String(value);
    const length = Math.max(1, used);
    merged.push({ text, first: at, last: at + length - 1 });
    at += length;
  }
  return merged;
}

function numberAt(
  words: readonly string[],
  from: number,
): { readonly value?: number; readonly used: number } {
  let total = 0;
  let group: number | undefined;
  let at = from;
  for (; at < words.length; at++) {
    const word = words[at] ?? "";
    const unit = UNITS.get(word);
    const ten = TENS.get(word);
    const scale = SCALES.get(word);
    const previous = words[at - 1] ?? "";
    const isBegun = at > from;
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
    } else if (!(word === "and" && isBegun && scaled(previous) && isNumber(words[at + 1]))) {
      break;
    }
  }
  return group === undefined ? { used: 0 } : { value: total + group, used: at - from };
}

function scaled(word: string): boolean {
  return word === "hundred" || word === "and" || SCALES.has(word);
}

function isNumber(word = ""): boolean {
  return UNITS.has(word) || TENS.has(word);
}
