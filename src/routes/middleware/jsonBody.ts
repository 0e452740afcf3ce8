import type { MiddlewareHandler } from "@hono/hono";
import { readJson } from "../../utils/bodyReader.ts";

/** Reads a JSON body within limits before anything else does; later readers get the same text again. */
export function jsonBody(maxBytes = 32 * 1024): MiddlewareHandler {
  return async function jsonBody(c, next) {
    const { method, headers, url } = c.req.raw;
    const { raw } = await readJson(c.req.raw, { maxBytes });
    c.req.raw = new Request(url, { method, headers, body: raw });
    await next();
  };
}

/** As `jsonBody`, but the body may be left out; many clients send the type of JSON even so. */
export function optionalJsonBody(maxBytes: number): MiddlewareHandler {
  const readBody = jsonBody(maxBytes);
  return async function optionalJsonBody(c, next) {
    const { url, method, headers: given } = c.req.raw;
    const headers = new Headers(given);
    const isEmpty = (headers.get("content-length") ?? "0") === "0" &&
      !headers.has("transfer-encoding");
    if (!isEmpty) return await readBody(c, next);
    headers.delete("content-type");
    c.req.raw = new Request(url, { method, headers });
    return await next();
  };
}
