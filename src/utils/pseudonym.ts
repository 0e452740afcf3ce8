import { createHmac } from "node:crypto";

/** A pseudonym of a phone number or an address. Keyed: plain hashes of all numbers could be tried out. */
export function pseudonymOf(text: string, secret: string): string {
  return createHmac("sha256", secret).update(text).digest("hex").slice(0, 32);
}
