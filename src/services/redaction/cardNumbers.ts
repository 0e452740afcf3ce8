/** Whether digits are the number of a payment card: its beginning, its length and its check digit. */
export function isCardNumber(digits: string): boolean {
  return lengthsOf(digits).includes(digits.length) && hasCheckDigit(digits);
}

/** Whether they have the beginning and the length of one. */
export function looksLikeCard(digits: string): boolean {
  return digits.length >= 13 && lengthsOf(digits).includes(digits.length);
}

/** Whether digits may be the beginning of one that is longer. */
export function mayBecomeCard(digits: string): boolean {
  return lengthsOf(digits).some((length) => length > digits.length);
}

/** Luhn's check. */
export function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, doubled = false; at >= 0; at--, doubled = !doubled) {
    const digit = digits.charCodeAt(at) - 48;
    sum += !doubled ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
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

/** Lengths of cards that begin so, where as few digits as are there allow it. */
function lengthsOf(digits: string): readonly number[] {
  const head = digits.slice(0, 4);
  const known = byHead.get(head) ?? computedLengths(head);
  byHead.set(head, known);
  return known;
}

/** No more than there are numbers of four digits. */
const byHead = new Map<string, readonly number[]>();

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
