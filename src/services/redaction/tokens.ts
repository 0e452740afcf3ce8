import { digitsOf } from "./digitsOf.ts";
import { HELD } from "./held.ts";
import { ARTICLES, numberWords, PORTUGUESE, repeatWords } from "./numberWords.ts";

/**
 * A piece of a text. `digits` is a number, also one in words; a `filler` may stand within a spoken number;
 * `held` stands for digits that an earlier process did not show; a `measure` has digits that are an amount, a time or a date; `stop` and `word` end a number.
 */
export interface Token {
  readonly kind: "digits" | "held" | "filler" | "measure" | "stop" | "word";
  readonly from: number;
  readonly to: number;
  /** As it sounds, without case and accents; punctuation as it is. */
  readonly word: string;
  /** Of `digits` and `measure`. */
  readonly digits: string;
  /** Written in capitals alone. */
  readonly upper: boolean;
}

/** Without case and accents. */
export function plainWord(word: string): string {
  const lower = word.toLowerCase();
  if (ASCII.test(lower)) return lower;
  return lower.replaceAll("ß", "ss").replaceAll("ł", "l").normalize("NFKD").replace(MARKS, "");
}

/** The tokens of a text, in its order; takes time in proportion to its length. */
export function tokensOf(text: string): readonly Token[] {
  const pieces = piecesOf(text);
  const tokens: Token[] = [];
  for (let at = 0; at < pieces.length;) {
    const piece = pieces[at];
    if (piece === undefined) break;
    if (piece.digits !== "") {
      const length = measureLength(pieces, at, text);
      if (length > 0) {
        const last = pieces[at + length - 1] ?? piece;
        const digits = pieces.slice(at, at + length).map((each) => each.digits).join("");
        tokens.push({ ...piece, kind: "measure", digits, to: last.to });
        at += length;
      } else {
        tokens.push({ ...piece, kind: "digits" });
        at++;
      }
      continue;
    }
    const repeated = repeatedAt(pieces, at);
    const spoken = repeated ?? (isHesitation(pieces, at) ? undefined : numberWords.at(pieces, at));
    if (spoken !== undefined) {
      const last = pieces[at + spoken.length - 1] ?? piece;
      tokens.push({ ...piece, kind: "digits", digits: spoken.value, to: last.to });
      at += spoken.length;
      continue;
    }
    tokens.push({ ...piece, kind: kindOf(piece.word) });
    at++;
  }
  return tokens;
}

type Piece = Omit<Token, "kind">;

const ASCII = /^[ -~]*$/;
const MARKS = /[\u0300-\u036f]/g;
const PIECE = /\[…\]|\p{Nd}+|\p{L}[\p{L}\p{M}]*|[^\s\p{L}\p{Nd}\p{Cf}]/gu;
const MAX_DIGITS = 40;

function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const { 0: piece, index: from } of text.matchAll(PIECE)) {
    const to = from + piece.length;
    const digits = digitsOf(piece);
    if (digits !== "") {
      pieces.push({ from, to, word: piece, digits: digits.slice(0, MAX_DIGITS), upper: false });
    } else if (!isJoining(piece, text, from)) {
      const word = piece === HELD || piece === "…" ? piece : plainWord(piece);
      pieces.push({
        from,
        to,
        word,
        digits: "",
        upper: word !== piece && piece === piece.toUpperCase(),
      });
    }
  }
  return pieces;
}

/** A hyphen or an apostrophe within a word. */
function isJoining(piece: string, text: string, from: number): boolean {
  return /^[-'’‐‑]$/.test(piece) && /\p{L}/u.test(text.charAt(from - 1)) &&
    /\p{L}/u.test(text.charAt(from + 1));
}

function repeatedAt(pieces: readonly Piece[], at: number) {
  const times = repeatWords.get(pieces[at]?.word ?? "");
  if (times === undefined) return undefined;
  const next = ARTICLES.has(pieces[at + 1]?.word ?? "") ? at + 2 : at + 1;
  const piece = pieces[next];
  const number = piece?.digits ? { value: piece.digits, length: 1 } : numberWords.at(pieces, next);
  if (number === undefined || number.value.length > 2) return undefined;
  return { value: number.value.repeat(times), length: next - at + number.length };
}

/** "Um" is the Portuguese one, but only beside another Portuguese number. */
function isHesitation(pieces: readonly Piece[], at: number): boolean {
  if (pieces[at]?.word !== "um") return false;
  return ![at - 1, at + 1].some((beside) => PORTUGUESE.has(pieces[beside]?.word ?? ""));
}

/** How many pieces are an amount, a time, a date or an international phone number; 0 where none is. */
function measureLength(pieces: readonly Piece[], at: number, text: string): number {
  const piece = pieces[at];
  if (piece === undefined) return 0;
  const before = pieces[at - 1];
  const isTight = (index: number) => pieces[index]?.to === pieces[index + 1]?.from;
  const [mark, second] = [pieces[at + 1], pieces[at + 2]];
  let length = 1;
  if (
    mark !== undefined && second !== undefined && second.digits !== "" && isTight(at) &&
    isTight(at + 1)
  ) {
    const [mark2, third] = [pieces[at + 3], pieces[at + 4]];
    const isThree = third !== undefined && third.digits !== "" && mark2?.word === mark.word &&
      isTight(at + 2) && isTight(at + 3);
    if (mark.word === ":") return isThree ? 5 : 3;
    if (isThree && isDate(piece.digits, second.digits, third.digits)) return 5;
    const isDecimal = /^[.,]$/.test(mark.word) && second.digits.length <= 2 && !isThree;
    if (isDecimal && !/[\d]/.test(text.charAt(second.to + 1))) length = 3;
  }
  const after = pieces[at + length];
  const isAmount = length === 3 || isUnit(before?.word) && before?.to === piece.from ||
    isUnit(after?.word) && (piece.digits.length <= 2 || !/^[ap]m$/.test(after?.word ?? ""));
  return isAmount && piece.digits.length < 12 ? length : 0;
}

function isDate(a: string, b: string, c: string): boolean {
  const [first, second, third] = [Number(a), Number(b), Number(c)];
  if (a.length === 4) {
    return first > 1800 && first < 2200 && second <= 12 && third <= 31 && c.length <= 2;
  }
  const isYear = c.length === 2 || c.length === 4 && third > 1800 && third < 2200;
  return a.length <= 2 && b.length <= 2 && isYear && Math.min(first, second) <= 12 &&
    Math.max(first, second) <= 31;
}

const UNITS: ReadonlySet<string> = new Set(
  ("$ € £ ¥ % eur euro euros usd dollar dollars cent cents pound pounds zl zloty pln chf franken " +
    "uhr am pm oclock minutes minuten minutos minuti hours stunden horas percent prozent km kg")
    .split(" "),
);

function isUnit(word: string | undefined): boolean {
  return word !== undefined && UNITS.has(word);
}

const FILLERS: ReadonlySet<string> = new Set(
  (", - – — ‐ ‑ − | / · • . … ; ( ) _ * um uh uhm erm hmm hm mhm ah eh em and then dash hyphen space comma next so ok okay yes " +
    "yeah right well again finally last lastly after that followed by wait let me see hold on sec please got goes comes is it s its the ahm oh und dann strich bindestrich minus leerzeichen komma weiter " +
    "also ja genau zuletzt schliesslich bitte warte warten kurz mal sekunde danach gefolgt von kommt moment jetzt noch ist es die et puis ensuite tiret virgule alors oui euh y luego guion entonces " +
    "si este coma e poi trattino allora virgola en dan streepje depois traco sim potem myslnik i tak")
    .split(" "),
);

function kindOf(word: string): Token["kind"] {
  if (word === HELD) return "held";
  if (FILLERS.has(word)) return "filler";
  return /^\p{L}/u.test(word) ? "word" : "stop";
}
