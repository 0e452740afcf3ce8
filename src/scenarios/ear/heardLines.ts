import { bytesPerMs } from "../../utils/audio/audioFormat.ts";
import type { HeardRun } from "./alignHeard.ts";
import type { SpokenItem } from "./spokenItem.ts";
import type { TimedWord } from "./spreadWords.ts";
import { wordTimes } from "./wordTimes.ts";

/** One word at the ear; times are milliseconds since the answer. */
export interface HeardWord {
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the caller has heard of one item. */
export interface HeardLine {
  /** Absent for sound that is of no item. */
  readonly itemId?: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** How much of its sound was heard. */
  readonly heardMs: number;
  readonly wholeMs: number;
  readonly words: readonly HeardWord[];
  /** What the model had to say besides. */
  readonly unheard: string;
}

/** A word counts as heard where no more than this of its end is missing. */
const MISSING_MS = 60;

/** What was heard, a line for each item in the order of hearing. */
export function heardLines(runs: readonly HeardRun[]): readonly HeardLine[] {
  const lines: HeardLine[] = [];
  for (const [item, parts] of byItem(runs)) {
    const [first] = parts;
    if (first === undefined) continue;
    const fromMs = first.atMs;
    const toMs = Math.max(...parts.map(({ endMs }) => endMs));
    const heardMs = parts.reduce((sum, { atMs, endMs }) => sum + endMs - atMs, 0);
    if (item === undefined) {
      lines.push({ fromMs, toMs, heardMs, wholeMs: heardMs, words: [], unheard: "" });
      continue;
    }
    const perMs = bytesPerMs(item.format);
    const words = wordsOf(item).map((word) => ({ ...word, at: placeOf(word, parts, perMs) }));
    lines.push({
      itemId: item.id,
      ...{ fromMs, toMs, heardMs },
      wholeMs: item.audio.length / perMs,
      words: words.flatMap(({ text, at }) => at === undefined ? [] : [{ text, ...at }]),
      unheard: words.filter(({ at }) => at === undefined).map(({ text }) => text).join(" "),
    });
  }
  return lines;
}

/** Kept, since callers who wait for words look again and again. */
function wordsOf(item: SpokenItem): readonly TimedWord[] {
  let words = known.get(item);
  if (words === undefined) known.set(item, words = wordTimes(item));
  return words;
}

const known = new WeakMap<SpokenItem, readonly TimedWord[]>();

/** Sound of no item is a line for each stretch. */
function byItem(
  runs: readonly HeardRun[],
): readonly (readonly [SpokenItem | undefined, readonly HeardRun[]])[] {
  const found: [SpokenItem | undefined, HeardRun[]][] = [];
  for (const run of runs) {
    const known = run.item && found.find(([item]) => item === run.item);
    if (known) known[1].push(run);
    else found.push([run.item, [run]]);
  }
  return found;
}

/** When a word sounded; undefined where its end was not heard. */
function placeOf(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  runs: readonly HeardRun[],
  perMs: number,
) {
  const timeAt = (ms: number) => {
    for (const { atMs, fromByte, bytes } of runs) {
      const withinMs = ms - fromByte / perMs;
      if (withinMs >= 0 && withinMs <= bytes / perMs) return atMs + withinMs;
    }
    return undefined;
  };
  const end = timeAt(Math.max(fromMs, toMs - MISSING_MS));
  if (end === undefined) return undefined;
  return { fromMs: timeAt(fromMs) ?? end, toMs: timeAt(toMs) ?? end };
}
