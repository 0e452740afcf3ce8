import type { MiddlewareHandler } from "@hono/hono";
import { readJson } from "../../utils/bodyReader.ts";

/** Reads a JSON body within limits before anything else does; later readers get the same text again. */
export function limitedJson({ maxBytes = 32 * 1024 } = {}): MiddlewareHandler {
  return async function limitJson(c, next) {
    const { method, headers, url } = c.req.raw;
    const { raw } = await readJson(c.req.raw, { maxBytes });
    c.req.raw = new Request(url, { method, headers, body: raw });
    await next();
  };
}
