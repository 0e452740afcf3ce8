import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";

/** Parses a secret written as `whsec_` and base64; undefined unless it has 24 to 64 bytes. */
export function readWebhookSecret(text: string): Uint8Array | undefined {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, "base64");
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}

/**
 * The headers that authenticate a message, after the Standard Webhooks specification. Several secrets
 * make several signatures, so that secrets can be rotated.
 */
export function signWebhook(
  { id, payload }: { readonly id: string; readonly payload: string },
  { secrets, nowMs }: { readonly secrets: readonly Uint8Array[]; readonly nowMs: number },
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signatures = secrets.map((secret) => {
    const mac = createHmac("sha256", secret).update(`${id}.${timestamp}.${payload}`, "utf8");
    return `v1,${mac.digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
