/**
 * Creates an id such as `call_01k9x2m3…`: the prefix, ten characters of time and sixteen of
 * randomness (80 bits). Ids sort by creation time.
 */
export function newId(prefix: string, nowMs: number = Date.now()): string {
  return `${prefix}_${base32(BigInt(Math.trunc(nowMs)), 10)}${base32(randomBits(10), 16)}`;
}

/** Creates a secret of 256 random bits, as 43 characters of base64url. */
export function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Crockford's alphabet: sorts by value, without letters that are easily misread. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

function base32(value: bigint, length: number): string {
  let text = "";
  for (let i = length - 1; i >= 0; i--) text += ALPHABET[Number((value >> BigInt(5 * i)) & 31n)];
  return text;
}

function randomBits(byteCount: number): bigint {
  return BigInt(`0x${crypto.getRandomValues(new Uint8Array(byteCount)).toHex()}`);
}
