import type { ConfirmQuestion } from "./confirmQuestion.ts";
import { wordsOf } from "./words.ts";

/** The share of a question's words that must occur in what was said in its place, in their order. */
const LIKENESS = 0.8;
/** So many other words may stand around a question, or a share of its own. */
const MAX_OTHERS = 5;
const OTHERS_SHARE = 0.3;
/** As long as a question can be said; what is longer is none. */
const MAX_WORDS = 400;

/**
 * Whether what was said is the question: its decisive words all occur in their order, as "from A to B" is
 * not "from B to A", most of the others do, and little else was said that could make it another question.
 */
export function isAbout({ text, decisive }: ConfirmQuestion, said: string): boolean {
  const words = wordsOf(said);
  const wanted = wordsOf(text);
  if (words.length > MAX_WORDS) return false;
  const common = commonInOrder(wanted, words);
  const others = words.length - common;
  return commonInOrder(decisive, words) === decisive.length &&
    common >= wanted.length * LIKENESS &&
    others <= Math.max(MAX_OTHERS, wanted.length * OTHERS_SHARE);
}

/** How many words of one list the other has in the same order. */
function commonInOrder(one: readonly string[], other: readonly string[]): number {
  let above: readonly number[] = other.map(() => 0);
  for (const word of one) {
    const row: number[] = [];
    for (const [at, each] of other.entries()) {
      row.push(
        word === each ? (above[at - 1] ?? 0) + 1 : Math.max(above[at] ?? 0, row[at - 1] ?? 0),
      );
    }
    above = row;
  }
  return above.at(-1) ?? 0;
}
