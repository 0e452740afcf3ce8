/** Where the ten digits of other scripts begin, as transcripts have them. */
const ZEROS = [
  ...[0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66],
  ...[0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0xff10],
];

const VALUES: ReadonlyMap<string, string> = new Map(
  ZEROS.flatMap((zero) =>
    Array.from(
      { length: 10 },
      (_, value) => [String.fromCharCode(zero + value), `${value}`] as const,
    )
  ),
);

/** A number in the digits 0 to 9, whatever script it is in; empty for what is no number. */
export function digitsOf(piece: string): string {
  if (/^[0-9]+$/.test(piece)) return piece;
  if (!/^\p{Nd}/u.test(piece)) return "";
  let digits = "";
  for (const digit of piece) digits += VALUES.get(digit) ?? (/[0-9]/.test(digit) ? digit : "");
  return digits;
}
