import { stopWords } from "./stopWords.ts";

const MAX_WORDS = 16;
const MAX_WORD_CHARS = 40;

/** The words of a question, without those that every text has, unless it has no others. */
export function searchWords(question: string): readonly string[] {
  const all = foldText(question.slice(0, 1000)).match(/[\p{L}\p{N}]+/gu) ?? [];
  const unique = [...new Set(all.map((word) => word.slice(0, MAX_WORD_CHARS)))];
  const telling = unique.filter((word) => !stopWords.has(word));
  return (telling.length > 0 ? telling : unique).slice(0, MAX_WORDS);
}

/** Lower case and without accents, as documents are indexed: `Öffnungszeiten` is `offnungszeiten`. */
export function foldText(text: string): string {
  // Most texts: nothing to fold but the case.
  if (/^\p{ASCII}*$/u.test(text)) return text.toLowerCase();
  return text.toLowerCase().replaceAll("ß", "ss").replaceAll("æ", "ae").replaceAll("œ", "oe")
    .replaceAll("ø", "o").replaceAll("ł", "l").replaceAll("đ", "d").replaceAll("ı", "i")
    .normalize("NFD").replace(/(?<=[\p{Script=Latin}\p{Script=Greek}])\p{M}+/gu, "")
    .normalize("NFC");
}

/** A word without the endings of its grammatical forms, for a search by its beginning: at least four letters. */
export function stemOf(word: string): string {
  if (word.length < 5 || /\p{N}/u.test(word)) return word;
  return word.replace(/(?<=.{4})(?:en|er|es|em|e|n|s|r)$/u, "");
}

/**
 * Parts of a word that no passage begins with: it may stand within a longer one, or be composed of shorter
 * ones itself, as German words are.
 */
export function partsOf(word: string): readonly string[] {
  if (word.length < 4) return word.length === 3 ? [word] : [];
  const stem = stemOf(word);
  if (word.length < 10) return [stem];
  const middle = Math.ceil(word.length / 2);
  return [stem, word.slice(0, middle), stemOf(word.slice(word.length - middle))];
}
