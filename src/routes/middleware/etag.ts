import type { Context } from "@hono/hono";
import { readHeaderList } from "../../utils/http/headerList.ts";
import { sha256 } from "../../utils/sha256.ts";

/** A text ready to be sent, with the tag by which a client asks whether it still has the same one. */
export interface TaggedText {
  readonly text: string;
  readonly contentType: string;
  readonly etag: string;
}

/** Tags a text with the beginning of its SHA-256. */
export function tagText(text: string, contentType: string): TaggedText {
  return { text, contentType, etag: `"${sha256(text).subarray(0, 12).toHex()}"` };
}

/** Answers with a text, or with 304 where the client has it already. */
export function sendTagged(
  c: Context,
  { text, contentType, etag }: TaggedText,
  headers: Readonly<Record<string, string>>,
): Response {
  const tagged = { ...headers, "ETag": etag };
  if (isHeld(etag, c.req.header("if-none-match"))) return c.body(null, 304, tagged);
  return c.body(text, 200, { ...tagged, "Content-Type": contentType });
}

/**
 * Whether `If-None-Match` lists the tag. Compares weakly (RFC 9110, 13.1.2): Deno marks the tags of
 * answers that it compresses with `W/`.
 */
export function isHeld(etag: string, ifNoneMatch: string | undefined): boolean {
  return readHeaderList(ifNoneMatch ?? null)?.some((held) =>
    held === "*" || held.replace(/^W\//, "") === etag
  ) ?? false;
}
