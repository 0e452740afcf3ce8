import { readHeaderList } from "../../utils/headerList.ts";

/** The tag by which a client asks whether a text is still the one it has. */
export async function etagOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `"${new Uint8Array(digest, 0, 12).toHex()}"`;
}

/** Whether `If-None-Match` (RFC 9110, 13.1.2) says that the client has it; weak tags match too. */
export function isHeld(etag: string, ifNoneMatch: string | undefined): boolean {
  return readHeaderList(ifNoneMatch ?? null)?.some((held) =>
    held === "*" || held.replace(/^W\//, "") === etag
  ) ?? false;
}
