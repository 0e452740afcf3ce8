import { createHmac } from "node:crypto";

/**
 * Signs a request as Twilio does: HMAC-SHA1 over the URL and the sorted form fields, in base64.
 *
 * For a GET or a WebSocket handshake the fields are empty and the URL stands as written, with its query.
 */
export function signRequest(
  authToken: string,
  url: string,
  fields: Iterable<readonly [string, string]> = [],
): string {
  const unique = new Set([...fields].map(([name, value]) => name + "\0" + value));
  const sorted = [...unique].sort().map((field) => field.replace("\0", ""));
  return createHmac("sha1", authToken).update(url + sorted.join(""), "utf8").digest("base64");
}

/** The form of a webhook's URL that goes into its signature: https loses its port and its user. */
export function signedForm(url: string): string {
  const parsed = new URL(url);
  if (parsed.protocol !== "https:") return url;
  if (parsed.port === "" && parsed.username === "" && parsed.password === "") return url;
  const authority = url.slice(url.indexOf("//") + 2).split(/[/?#]/, 1)[0] ?? "";
  return url.replace(authority, parsed.hostname);
}
