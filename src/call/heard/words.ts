/** A word of a text, in a form in which it can be compared, and where it stands there. */
export interface PlacedWord {
  readonly word: string;
  readonly from: number;
  readonly to: number;
}

/** A stretch of a text, in characters. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** The words of a text as they sound: without case, accents, marks and the endings of ordinals. */
export function wordsOf(text: string): readonly string[] {
  return placedWordsOf(text).map(({ word }) => word);
}

/** The words with their places; numbers and letters are words of their own. */
export function placedWordsOf(text: string): readonly PlacedWord[] {
  const words: PlacedWord[] = [];
  let afterNumber = false;
  for (const match of text.matchAll(WORD)) {
    const isNumber = /^\p{N}/u.test(match[0]);
    const word = isNumber ? plainNumber(match[0]) : plainWord(match[0]);
    const isOrdinal = afterNumber && ORDINAL.test(word);
    afterNumber = isNumber;
    if (word === "" || isOrdinal) continue;
    words.push({ word, from: match.index, to: match.index + match[0].length });
  }
  return words;
}

/** Where a text has the words of a sentence, all of them and nothing between them. */
export function placeOf(sentence: string, text: string): Place | undefined {
  const wanted = wordsOf(sentence);
  const words = placedWordsOf(text);
  if (wanted.length === 0) return undefined;
  for (let start = 0; start + wanted.length <= words.length; start++) {
    if (!wanted.every((word, index) => words[start + index]?.word === word)) continue;
    const [first, last] = [words[start], words[start + wanted.length - 1]];
    if (first !== undefined && last !== undefined) return { from: first.from, to: last.to };
  }
  return undefined;
}

/** Thousands may be set apart, and are one number. */
const WORD = /\p{N}{1,3}(?:[.,'’]\p{N}{3})+(?!\p{N})|\p{N}+|[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;
/** Marks that can be left out. Those of Indian scripts and of Japanese make another word. */
const ACCENTS = /[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u064b-\u065f\u0670'’]/gu;
const ORDINAL = /^(?:st|nd|rd|th)$/;

function plainNumber(digits: string): string {
  return digits.replace(/[^\p{N}]/gu, "").normalize("NFKC").replace(/^0+(?=.)/, "");
}

function plainWord(word: string): string {
  const plain = word.normalize("NFKD").replace(ACCENTS, "").normalize("NFC").toLowerCase();
  // Written as a capital, it is an I.
  return plain.replaceAll("ı", "i");
}
