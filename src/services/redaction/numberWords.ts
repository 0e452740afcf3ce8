import { Phrases } from "./phrases.ts";

/** What number words stand for, in digits, in the languages in which callers are understood. */
export const numberWords = new Phrases<string>();
/** Words that repeat the digit behind them, and how often it stands there then. */
export const repeatWords: ReadonlyMap<string, number> = new Map([
  ...both(
    "double doppel doppelte doppelt zweimal doble doppia doppio dubbel dubbele duplo dobro podwojne podwojna podwojny",
    2,
  ),
  ...both("triple treble dreifach dreifache dreimal triplo tripla drievoudig potrojne potrojna", 3),
]);
/** Between `repeatWords` and their digit. */
export const ARTICLES: ReadonlySet<string> = new Set("die der das the le el il de o".split(" "));

interface NumberLanguage {
  /** From 0 to 9, without case and accents; `_` stands for a blank within a word. */
  readonly units: string;
  /** From 10 to 19. */
  readonly teens: string;
  /** From 20 to 90. */
  readonly tens: string;
  /** How ten and unit are said together. */
  readonly combined: (tens: string, unit: string) => readonly string[];
  /** Other words for numbers. */
  readonly others: Readonly<Record<string, string>>;
}

const EN: NumberLanguage = {
  units: "zero one two three four five six seven eight nine",
  teens: "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
  tens: "twenty thirty forty fifty sixty seventy eighty ninety",
  combined: (tens, unit) => [`${tens} ${unit}`, `${tens}${unit}`],
  others: { oh: "0", o: "0", nought: "0", naught: "0", fourty: "40" },
};
const DE: NumberLanguage = {
  units: "null eins zwei drei vier funf sechs sieben acht neun",
  teens: "zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn",
  tens: "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig",
  combined: (tens, unit) => {
    const joined = unit === "eins" ? "ein" : unit;
    return [`${joined}und${tens}`, `${joined} und ${tens}`];
  },
  others: { zwo: "2", fuenf: "5", zwoelf: "12", fuenfzehn: "15", dreiszig: "30", fuenfzig: "50" },
};
const NL: NumberLanguage = {
  units: "nul een twee drie vier vijf zes zeven acht negen",
  teens: "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
  tens: "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
  combined: (tens, unit) => [`${unit}en${tens}`, `${unit} en ${tens}`],
  others: {},
};
const FR: NumberLanguage = {
  units: "zero un deux trois quatre cinq six sept huit neuf",
  teens: "dix onze douze treize quatorze quinze seize dix_sept dix_huit dix_neuf",
  tens: "vingt trente quarante cinquante soixante septante huitante nonante",
  combined: (tens, unit) => [`${tens} ${unit}`, `${tens} et ${unit}`],
  others: { une: "1", octante: "80" },
};
const ES: NumberLanguage = {
  units: "cero uno dos tres cuatro cinco seis siete ocho nueve",
  teens: "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve",
  tens: "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
  combined: (tens, unit) => [
    `${tens} y ${unit}`,
    `${tens} ${unit}`,
    ...(tens === "veinte" ? [`veinti${unit}`] : []),
  ],
  others: { una: "1", veintiun: "21" },
};
const IT: NumberLanguage = {
  units: "zero uno due tre quattro cinque sei sette otto nove",
  teens: "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
  tens: "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
  combined: (tens, unit) => [
    `${/^[ou]/.test(unit) ? tens.slice(0, -1) : tens}${unit}`,
    `${tens} ${unit}`,
  ],
  others: { ventun: "21", ventitre: "23" },
};
const PT: NumberLanguage = {
  units: "zero um dois tres quatro cinco seis sete oito nove",
  teens: "dez onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove",
  tens: "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
  combined: (tens, unit) => [`${tens} e ${unit}`, `${tens} ${unit}`],
  others: {
    uma: "1",
    duas: "2",
    meia: "6",
    catorze: "14",
    dezasseis: "16",
    dezassete: "17",
    dezanove: "19",
  },
};
const PL: NumberLanguage = {
  units: "zero jeden dwa trzy cztery piec szesc siedem osiem dziewiec",
  teens:
    "dziesiec jedenascie dwanascie trzynascie czternascie pietnascie szesnascie siedemnascie osiemnascie dziewietnascie",
  tens:
    "dwadziescia trzydziesci czterdziesci piecdziesiat szescdziesiat siedemdziesiat osiemdziesiat dziewiecdziesiat",
  combined: (tens, unit) => [`${tens} ${unit}`],
  others: { jedna: "1", dwie: "2" },
};

/** Numbers beside which "um" is one. */
export const PORTUGUESE: ReadonlySet<string> = new Set(
  `${PT.units} ${PT.teens} ${PT.tens} e uma meia catorze`.split(" "),
);

const list = (words: string) => words.split(" ").map((word) => word.replaceAll("_", " "));

// Of words that are in several languages all mean the same.
for (const language of [EN, DE, NL, FR, ES, IT, PT, PL]) addLanguage(language);
addFrenchScores();

function both(words: string, times: number): [string, number][] {
  return words.split(" ").map((word) => [word, times]);
}

function addLanguage({ units, teens, tens, combined, others }: NumberLanguage): void {
  const [single, ...digits] = list(units);
  if (single !== undefined) numberWords.add(single, "0");
  digits.forEach((word, at) => numberWords.add(word, `${1 + at}`));
  list(teens).forEach((word, at) => numberWords.add(word, `${10 + at}`));
  list(tens).forEach((word, at) => {
    const ten = 20 + 10 * at;
    numberWords.add(word, `${ten}`);
    digits.forEach((digit, unit) => {
      for (const phrase of combined(word, digit)) numberWords.add(phrase, `${ten + 1 + unit}`);
    });
  });
  for (const [word, number] of Object.entries(others)) numberWords.add(word, number);
}

/** French counts on from sixty and from four times twenty. */
function addFrenchScores(): void {
  const [, ...digits] = list(FR.units);
  const upTo19 = [...digits, ...list(FR.teens)];
  const scores = [
    { ten: 60, names: ["soixante", "soixante et"] },
    { ten: 80, names: ["quatre vingt", "quatre vingts"] },
  ];
  for (const { ten, names } of scores) {
    for (const name of names) {
      upTo19.forEach((word, at) => numberWords.add(`${name} ${word}`, `${ten + 1 + at}`));
    }
  }
  for (const name of ["quatre vingt", "quatre vingts"]) numberWords.add(name, "80");
}
