/** Whether a text is a number in E.164 form that does not stand for a withheld one. */
export function isPhoneNumber(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text) && !isWithheld(text);
}

/**
 * Whether a caller id stands for a withheld number. Carriers write one as a word, or as the keys
 * that spell it, such as +266696687 for ANONYMOUS, sometimes with a country code in front.
 */
export function isWithheld(name: string): boolean {
  const plain = name.slice(0, MAX_LENGTH).toLowerCase()
    .replace(/^(sips?|client|tel):/, "")
    .replace(/@.*$/, "")
    .replaceAll(/[^a-z0-9]/g, "");
  return withheldWords.has(plain) || spelledWords.has(plain.replace(/^0*1?/, "")) ||
    spelledWords.has(plain);
}

const MAX_LENGTH = 200;

const withheldWords: ReadonlySet<string> = new Set([
  "",
  ..."0 00 anonymous blocked private restricted unavailable unknown withheld".split(" "),
  ..."nocallerid numberwithheld privatenumber privatecaller null undefined".split(" "),
  ..."unknowncaller unknownnumber callerunknown idunavailable".split(" "),
]);

/** ANONYMOUS, RESTRICTED in both of its spellings, BLOCKED, UNKNOWN, UNAVAILABLE, PRIVATE, WITHHELD. */
const spelledWords: ReadonlySet<string> = new Set(
  "266696687 7378742833 7378742883 2562533 8656696 86282452253 7748283 94844353".split(" "),
);

/**
 * Whether two numbers, each as somebody wrote or said it, are the same: a national form is taken for the
 * end of the international one. False for fewer than seven digits.
 */
export function isSameNumber(one: string, other: string): boolean {
  if (one.startsWith("+") && other.startsWith("+")) return digitsOf(one) === digitsOf(other);
  const [short = "", long = ""] = [one, other].map(significantDigits)
    .sort((a, b) => a.length - b.length);
  return short.length >= MIN_DIGITS && long.endsWith(short);
}

/** The last digits, by which the same number is found in every way of writing it. */
export function lastDigits(number: string): string {
  return digitsOf(number).slice(-MIN_DIGITS);
}

const MIN_DIGITS = 7;

function significantDigits(number: string): string {
  return digitsOf(number).replace(/^0+/, "");
}

function digitsOf(number: string): string {
  return number.slice(0, MAX_LENGTH).replaceAll(/\D/g, "");
}
