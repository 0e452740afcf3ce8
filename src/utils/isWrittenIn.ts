/**
 * Whether a text that somebody wrote has a number in it, given in E.164 form: whole, without its country,
 * or the last seven digits or more of it alone, and perhaps with something behind it, such as an extension.
 */
export function isWrittenIn(text: string, number: string): boolean {
  if (!/^\+\d+$/.test(number)) return false;
  const digits = digitsOf(number);
  const plain = text.normalize("NFKC").replaceAll(/\(\s*0\s*\)/g, "");
  const national = digits.replace(CALLING_CODE, "");
  const isShort = plain.includes("+") || national.length < MIN_DIGITS;
  if (digitsOf(plain).includes(isShort ? digits : national)) return true;
  // A number with its country in front is one piece, with blanks in it.
  const pieces = plain.includes("+") ? [] : plain.split(/[\p{L};,:#\s]+/u);
  return [...pieces, ...plain.split(/[\p{L};,:#]+/u)]
    .map((part) => digitsOf(part).replace(/^0+/, ""))
    .some((part) => part.length >= MIN_DIGITS && digits.endsWith(part));
}

/** Fewer are found in too many numbers. */
const MIN_DIGITS = 7;

/** Of one digit, of the two that the numbering plan of the world has, or of three. */
const CALLING_CODE = /^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/;

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, "");
}
