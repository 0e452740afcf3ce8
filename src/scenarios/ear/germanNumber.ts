/** The number that a German word is, such as `zweiundvierzig`; in lower case, without umlauts. */
export function germanNumber(word: string): number | undefined {
  const at = word.indexOf("tausend");
  if (at < 0) return belowThousand(word);
  const leading = word.slice(0, at);
  const thousands = at === 0 ? 1 : LEADING.get(leading) ?? belowThousand(leading);
  const rest = restOf(word.slice(at + "tausend".length), belowThousand);
  return thousands === undefined || rest === undefined ? undefined : thousands * 1000 + rest;
}

const UNITS = wordsFrom(2, "zwei drei vier funf sechs sieben acht neun");
const SMALL: ReadonlyMap<string, number> = new Map([
  ...[["eins", 1], ["zwo", 2]] as const,
  ...UNITS,
  ...wordsFrom(10, "zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn"),
]);
const TENS: ReadonlyMap<string, number> = new Map(
  [...wordsFrom(2, "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig")]
    .map(([word, tens]) => [word, tens * 10]),
);
/** As a number begins with them. */
const LEADING: ReadonlyMap<string, number> = new Map([["ein", 1] as const, ...UNITS]);

function belowThousand(word: string): number | undefined {
  const at = word.indexOf("hundert");
  if (at < 0) return belowHundred(word);
  const hundreds = at === 0 ? 1 : LEADING.get(word.slice(0, at));
  const rest = restOf(word.slice(at + "hundert".length), belowHundred);
  return hundreds === undefined || rest === undefined ? undefined : hundreds * 100 + rest;
}

function belowHundred(word: string): number | undefined {
  const known = SMALL.get(word) ?? TENS.get(word);
  if (known !== undefined) return known;
  const [, unit = "", ten = ""] = /^(.+?)und(.+)$/.exec(word) ?? [];
  const [units, tens] = [LEADING.get(unit), TENS.get(ten)];
  return units === undefined || tens === undefined ? undefined : tens + units;
}

function restOf(
  word: string,
  read: (word: string) => number | undefined,
): number | undefined {
  return word === "" ? 0 : read(word) ?? read(word.replace(/^und/, ""));
}

function wordsFrom(first: number, words: string): ReadonlyMap<string, number> {
  return new Map(words.split(" ").map((word, index) => [word, first + index]));
}
