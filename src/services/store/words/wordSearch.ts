import { foldedWords } from "./wordTokens.ts";

/** Words that follow one another; mostly one alone. */
export interface WordTerm {
  readonly words: readonly string[];
  /** Whether the last word may go on. */
  readonly isPrefix: boolean;
}

/** What must have been said in a call: all terms, wherever they stand in it. */
export interface WordSearch {
  readonly terms: readonly WordTerm[];
  /** By whom; absent for either. */
  readonly saidBy?: "caller" | "agent";
}

/** More of them are refused. */
export const MAX_TERMS = 12;
/** A shorter beginning fits too many words. */
const MIN_PREFIX_CHARS = 3;

/**
 * Reads what a person types: words, of which the last may be a beginning, and phrases in quotes. Undefined
 * for what has no word, and where there are too many.
 */
export function readTerms(text: string): readonly WordTerm[] | undefined {
  const parts = [...text.matchAll(/["“”„«»]([^"“”„«»]*)(?:["“”„«»]|$)|[^\s"“”„«»]+/gu)];
  const terms = parts.flatMap(([part, phrase], at): WordTerm[] => {
    const words = foldedWords(phrase ?? part);
    if (words.length === 0) return [];
    const isLast = at === parts.length - 1 && phrase === undefined;
    const isPrefix = isLast && (words.at(-1) ?? "").length >= MIN_PREFIX_CHARS;
    return [{ words, isPrefix }];
  });
  const count = terms.reduce((sum, { words }) => sum + words.length, 0);
  return count === 0 || count > MAX_TERMS ? undefined : terms;
}
