/** Whether they have the beginning and the length of one. */
export function looksLikeCard(digits: string): boolean {
  return digits.length >= 13 && lengthsOf(digits, 0, digits.length).includes(digits.length);
}

/** Whether digits may be the beginning of one that is longer. */
export function mayBecomeCard(digits: string): boolean {
  return lengthsOf(digits, 0, digits.length).some((length) => length > digits.length);
}

/** Lengths of cards that begin so, where as few digits as are there allow it. */
export function lengthsOf(digits: string, from: number, to: number): readonly number[] {
  let head = 0;
  let place = 0;
  for (; place < 4 && from + place < to; place++) {
    head = head * 10 + digits.charCodeAt(from + place) - 48;
  }
  const key = head * 5 + place;
  const known = byHead[key];
  if (known !== undefined) return known;
  return byHead[key] = computedLengths(digits.slice(from, from + place));
}

/** Luhn's check of any stretch of digits, each in one step. */
export class CheckDigits {
  /** By place, the sum of what stands before it, where the digits at even places count twice, or at odd ones. */
  readonly #sums: readonly [Int32Array, Int32Array];

  constructor(digits: string) {
    const { length } = digits;
    this.#sums = [new Int32Array(length + 1), new Int32Array(length + 1)];
    for (let at = 0; at < length; at++) {
      const digit = digits.charCodeAt(at) - 48;
      const twice = digit > 4 ? digit * 2 - 9 : digit * 2;
      this.#sums[0][at + 1] = this.#sums[0][at]! + (at % 2 === 0 ? twice : digit);
      this.#sums[1][at + 1] = this.#sums[1][at]! + (at % 2 === 0 ? digit : twice);
    }
  }

  /** The last digit counts once, the one before it twice, and so on. */
  holds(from: number, to: number): boolean {
    const sums = this.#sums[to % 2 === 0 ? 0 : 1];
    return (sums[to]! - sums[from]!) % 10 === 0;
  }
}

interface Issuer {
  readonly from: string;
  readonly to: string;
  readonly lengths: readonly number[];
}

const issuer = (from: string, to: string, ...lengths: number[]): Issuer => ({ from, to, lengths });

/** Ranges of first digits, both ends included, by the registers of the card networks. */
const ISSUERS: readonly Issuer[] = [
  issuer("4", "4", 13, 16, 19),
  issuer("51", "55", 16),
  issuer("2221", "2720", 16),
  issuer("34", "34", 15),
  issuer("37", "37", 15),
  issuer("300", "305", 14, 16),
  issuer("309", "309", 14, 16),
  issuer("36", "36", 14, 16, 19),
  issuer("38", "39", 14, 16, 19),
  issuer("3528", "3589", 16, 17, 18, 19),
  issuer("50", "50", 12, 13, 14, 15, 16, 17, 18, 19),
  issuer("56", "58", 12, 13, 14, 15, 16, 17, 18, 19),
  issuer("60", "69", 12, 13, 14, 15, 16, 17, 18, 19),
  issuer("2200", "2205", 16, 17, 18, 19),
  issuer("81", "82", 16),
  issuer("9792", "9792", 16),
];

/** By the first four digits and how many there are. */
const byHead: (readonly number[] | undefined)[] = Array.from({ length: 50_000 });

function computedLengths(digits: string): readonly number[] {
  const found = new Set<number>();
  for (const { from, to, lengths } of ISSUERS) {
    const known = Math.min(from.length, digits.length);
    const head = digits.slice(0, known);
    if (head >= from.slice(0, known) && head <= to.slice(0, known)) {
      for (const length of lengths) found.add(length);
    }
  }
  return [...found];
}
