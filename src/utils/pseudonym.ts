import { createHmac } from "node:crypto";

/** Stands for a phone number or an address: keyed, because all that there are can be hashed and compared. */
export function pseudonymOf(text: string, secret: string): string {
  return createHmac("sha256", secret).update(text).digest("hex").slice(0, 32);
}
