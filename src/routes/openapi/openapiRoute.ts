import { Hono } from "@hono/hono";
import type { Env } from "@hono/hono";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { etagOf, isHeld } from "../middleware/etag.ts";
import { describeApi } from "./document.ts";
import { refuseForeignHosts } from "../middleware/requestOrigin.ts";

/** `GET /openapi.json`: all routes of a router, from the schemas that they check requests with. */
export function openapiRoutes<E extends Env>(router: OpenAPIHono<E>, keyed: boolean): Hono {
  const routes = new Hono();
  let written: { readonly text: string; readonly etag: string } | undefined;

  routes.get("/openapi.json", refuseForeignHosts(keyed), async (c) => {
    // At the first request, when all routes are there.
    written ??= await write();
    const headers = { "ETag": written.etag, "Cache-Control": "no-cache" };
    if (isHeld(written.etag, c.req.header("if-none-match"))) return c.body(null, 304, headers);
    return c.body(written.text, 200, { ...headers, "Content-Type": "application/json" });
  });
  return routes;

  async function write() {
    const text = JSON.stringify(describeApi(router));
    return { text, etag: await etagOf(text) };
  }
}
