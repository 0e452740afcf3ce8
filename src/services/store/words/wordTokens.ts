import { foldText } from "../knowledge/searchWords.ts";

/** A word of a text, folded, and where it stands there. */
export interface WordToken {
  readonly word: string;
  readonly from: number;
  readonly to: number;
}

/** What words are compared by is cut to as much. */
const MAX_WORD_CHARS = 64;

/** Scripts without spaces between words: each character counts as one. */
const WORDS =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]|[[\p{L}\p{N}\p{M}]--[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]]+/gv;

/** The words of a text as they are indexed: lower case and without accents, but not reduced to stems. */
export function foldedWords(text: string): readonly string[] {
  return (foldText(text).match(WORDS) ?? []).map((word) => word.slice(0, MAX_WORD_CHARS));
}

/** The same with their places. */
export function wordTokens(text: string): readonly WordToken[] {
  return Array.from(text.matchAll(WORDS), ({ 0: written, index }) => ({
    word: foldText(written).slice(0, MAX_WORD_CHARS),
    from: index,
    to: index + written.length,
  }));
}
