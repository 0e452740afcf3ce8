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
  return (foldText(text).match(WORDS) ?? []).map(cut);
}

/** The same with their places. */
export function wordTokens(text: string): readonly WordToken[] {
  return Array.from(text.matchAll(WORDS), ({ 0: written, index }) => ({
    word: cut(foldText(written)),
    from: index,
    to: index + written.length,
  }));
}

/** Not between the two units of one character: databases refuse half of one. */
function cut(word: string): string {
  if (word.length <= MAX_WORD_CHARS) return word;
  const isBetween = (word.charCodeAt(MAX_WORD_CHARS) & 0xfc00) === 0xdc00;
  return word.slice(0, isBetween ? MAX_WORD_CHARS - 1 : MAX_WORD_CHARS);
}
