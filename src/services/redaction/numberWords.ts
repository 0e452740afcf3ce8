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
export const ARTICLES: ReadonlySet<string> = new Set([
  "die",
  "der",
  "das",
  "the",
  "le",
  "el",
  "il",
  "de",
  "o",
]);

const EN = {
  units: "zero one two three four five six seven eight nine",
  teens: "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
  tens: "twenty thirty forty fifty sixty seventy eighty ninety",
};
const DE = {
  units: "null eins zwei drei vier funf sechs sieben acht neun",
  teens: "zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn",
  tens: "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig",
};
const NL = {
  units: "nul een twee drie vier vijf zes zeven acht negen",
  teens: "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
  tens: "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
};
const FR = {
  units: "zero un deux trois quatre cinq six sept huit neuf",
  teens: "dix onze douze treize quatorze quinze seize dix_sept dix_huit dix_neuf",
  tens: "vingt trente quarante cinquante soixante septante huitante nonante",
};
const ES = {
  units: "cero uno dos tres cuatro cinco seis siete ocho nueve",
  teens: "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve",
  tens: "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
};
const IT = {
  units: "zero uno due tre quattro cinque sei sette otto nove",
  teens: "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
  tens: "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
};
const PT = {
  units: "zero um dois tres quatro cinco seis sete oito nove",
  teens: "dez onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove",
  tens: "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
};
const PL = {
  units: "zero jeden dwa trzy cztery piec szesc siedem osiem dziewiec",
  teens:
    "dziesiec jedenascie dwanascie trzynascie czternascie pietnascie szesnascie siedemnascie osiemnascie dziewietnascie",
  tens:
    "dwadziescia trzydziesci czterdziesci piecdziesiat szescdziesiat siedemdziesiat osiemdziesiat dziewiecdziesiat",
};

/** Numbers beside which "um" is one. */
export const PORTUGUESE: ReadonlySet<string> = new Set(
  `${PT.units} ${PT.teens} ${PT.tens} e uma meia catorze`.split(" "),
);

const list = (words: string) => words.split(" ").map((word) => word.replaceAll("_", " "));

addLanguage(EN, (tens, unit) => [`${tens} ${unit}`, `${tens}${unit}`]);
addLanguage(DE, (tens, unit) => {
  const joined = unit === "eins" ? "ein" : unit;
  return [`${joined}und${tens}`, `${joined} und ${tens}`];
});
addLanguage(NL, (tens, unit) => [`${unit}en${tens}`, `${unit} en ${tens}`]);
addLanguage(FR, (tens, unit) => [`${tens} ${unit}`, `${tens} et ${unit}`]);
addLanguage(
  ES,
  (tens, unit) =>
    [`${tens} y ${unit}`, `${tens} ${unit}`, `veinti${unit}`].slice(0, tens === "veinte" ? 3 : 2),
);
addLanguage(
  IT,
  (tens, unit) => [`${/^[ou]/.test(unit) ? tens.slice(0, -1) : tens}${unit}`, `${tens} ${unit}`],
);
addLanguage(PT, (tens, unit) => [`${tens} e ${unit}`, `${tens} ${unit}`]);
addLanguage(PL, (tens, unit) => [`${tens} ${unit}`]);
addVariants();

function both(words: string, times: number): [string, number][] {
  return words.split(" ").map((word) => [word, times]);
}

function addLanguage(
  { units, teens, tens }: typeof EN,
  combined: (tens: string, unit: string) => readonly string[],
): void {
  list(units).forEach((word, at) => numberWords.add(word, `${at}`));
  list(teens).forEach((word, at) => numberWords.add(word, `${10 + at}`));
  list(tens).forEach((word, ten) => {
    numberWords.add(word, `${(ten + 2) * 10}`);
    list(units).forEach((unit, at) => {
      if (at === 0) return;
      for (const phrase of combined(word, unit)) numberWords.add(phrase, `${(ten + 2) * 10 + at}`);
    });
  });
}

function addVariants(): void {
  const others: Readonly<Record<string, string>> = {
    ...{ oh: "0", o: "0", nought: "0", naught: "0", fourty: "40" },
    ...{ zwo: "2", fuenf: "5", zwoelf: "12", dreiszig: "30", fuenfzehn: "15", fuenfzig: "50" },
    ...{ une: "1", una: "1", uma: "1", duas: "2", meia: "6", catorze: "14", dezasseis: "16" },
    ...{ dezassete: "17", dezanove: "19", ventun: "21", veintiun: "21", octante: "80" },
    ...{ ventitre: "23", jedna: "1", dwie: "2" },
  };
  for (const [word, digits] of Object.entries(others)) numberWords.add(word, digits);
  // French counts on from sixty and from four times twenty.
  const [units, teens] = [list(FR.units), list(FR.teens)];
  teens.forEach((teen, at) => {
    numberWords.add(`soixante ${teen}`, `${70 + at}`);
    numberWords.add(`soixante et ${teen}`, `${70 + at}`);
    numberWords.add(`quatre vingt ${teen}`, `${90 + at}`);
  });
  for (const twenty of ["quatre vingt", "quatre vingts"]) {
    numberWords.add(twenty, "80");
    units.slice(1).forEach((unit, at) => numberWords.add(`${twenty} ${unit}`, `${81 + at}`));
  }
}
