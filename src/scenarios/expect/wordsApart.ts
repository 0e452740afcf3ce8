import type { CallEvidence, RecordedTurn } from "../callEvidence.ts";
import { plainWords } from "../ear/findWords.ts";
import { joinWholeNumbers } from "../ear/numberWords.ts";

/** A model that writes down what it hears mishears: of a call, this share may differ, and always so many words. */
const MAX_SHARE = 0.2;
const ALWAYS_ALLOWED = 2;
/** So many may be misheard in a row. */
const MAX_IN_A_ROW = 5;
/** More words that only one side has, in one place, are lost: more are told apart at a cut alone. */
const MAX_LOST = 2;
const MAX_LOST_AT_CUT = 4;
/** Fewer that are alike by chance do not part two places. */
const ALIKE = 2;
const MAX_WORDS = 4000;

interface Word {
  readonly text: string;
  readonly atMs: number;
  /** The caller broke in behind it. */
  readonly isCut: boolean;
}

/**
 * How the agent's words on record differ from those that were written down of its sound, beyond what is misheard;
 * `untold` says why that cannot be told.
 */
export function wordsApart(
  turns: readonly RecordedTurn[],
  { lines }: Pick<CallEvidence, "lines">,
): { readonly found: string; readonly atMs?: number } | { readonly untold: string } | undefined {
  const told = wordsOf(
    turns.map(({ text, startedMs: atMs, interrupted }) => ({ text, atMs, isCut: interrupted })),
  );
  const heard = wordsOf(
    lines.map(({ words, fromMs }) => ({
      text: words.map(({ text }) => text).join(" "),
      atMs: fromMs,
      isCut: false,
    })),
  );
  if (Math.max(told.length, heard.length) > MAX_WORDS) {
    return { untold: `a call of more than ${MAX_WORDS} words is too long to compare` };
  }
  let misheard = 0;
  for (const { toldFrom, toldTo, heardFrom, heardTo, differing } of placesApart(told, heard)) {
    const has = told.slice(toldFrom, toldTo);
    const was = heard.slice(heardFrom, heardTo);
    const isAtCut = told.slice(Math.max(0, toldFrom - 1), toldTo).some(({ isCut }) => isCut);
    const lost = Math.abs(has.length - was.length);
    if (lost <= (isAtCut ? MAX_LOST_AT_CUT : MAX_LOST) && differing <= MAX_IN_A_ROW) {
      misheard += isAtCut ? differing - lost : differing;
      continue;
    }
    const atMs = was[0]?.atMs ?? heard[Math.max(0, heardFrom - 1)]?.atMs;
    return { found: describe(has, was), ...(atMs !== undefined && { atMs }) };
  }
  const all = Math.max(told.length, heard.length);
  if (misheard <= Math.max(ALWAYS_ALLOWED, MAX_SHARE * all)) return undefined;
  return { found: `${misheard} of ${all} words differ from what was heard` };
}

function describe(has: readonly Word[], was: readonly Word[]): string {
  const text = (words: readonly Word[]) => words.map(({ text }) => text).join(" ");
  if (has.length === 0) return `it lacks "${text(was)}"`;
  if (was.length === 0) return `it has "${text(has)}", which was not heard`;
  return `it has "${text(has)}", heard was "${text(was)}"`;
}

function wordsOf(
  lines: readonly { readonly text: string; readonly atMs: number; readonly isCut: boolean }[],
): readonly Word[] {
  return lines.toSorted((a, b) => a.atMs - b.atMs).flatMap(({ text, atMs, isCut }) => {
    const words = joinWholeNumbers(plainWords(text));
    return words.map((text, index) => ({
      ...{ text, atMs },
      isCut: isCut && index === words.length - 1,
    }));
  });
}

interface Place {
  readonly toldFrom: number;
  readonly toldTo: number;
  readonly heardFrom: number;
  readonly heardTo: number;
  /** How many of its words, of the side that has more, are not alike. */
  readonly differing: number;
}

/** Where two runs of words are not alike, when as many as possible are. */
function placesApart(told: readonly Word[], heard: readonly Word[]): readonly Place[] {
  const width = heard.length + 1;
  // How many are alike of what is left of both.
  const alike = new Uint16Array((told.length + 1) * width);
  const left = (i: number, j: number) => alike[i * width + j] ?? 0;
  for (let i = told.length - 1; i >= 0; i--) {
    for (let j = heard.length - 1; j >= 0; j--) {
      alike[i * width + j] = told[i]?.text === heard[j]?.text
        ? left(i + 1, j + 1) + 1
        : Math.max(left(i + 1, j), left(i, j + 1));
    }
  }
  const places: Place[] = [];
  let i = 0;
  let j = 0;
  let run = Infinity;
  while (i < told.length || j < heard.length) {
    if (i < told.length && j < heard.length && told[i]?.text === heard[j]?.text) {
      i++;
      j++;
      run++;
      continue;
    }
    const [toldFrom, heardFrom] = [i, j];
    while (i < told.length || j < heard.length) {
      if (told[i] !== undefined && told[i]?.text === heard[j]?.text) break;
      if (j >= heard.length || i < told.length && left(i + 1, j) >= left(i, j + 1)) i++;
      else j++;
    }
    const differing = Math.max(i - toldFrom, j - heardFrom);
    const last = places.at(-1);
    const isNear = last !== undefined && run < ALIKE;
    if (isNear) {
      places[places.length - 1] = {
        ...last,
        toldTo: i,
        heardTo: j,
        differing: last.differing + differing,
      };
    } else places.push({ toldFrom, toldTo: i, heardFrom, heardTo: j, differing });
    run = 0;
  }
  return places;
}
