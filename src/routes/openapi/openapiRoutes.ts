import { Hono } from "@hono/hono";
import type { Env } from "@hono/hono";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { sendTagged, type TaggedText, tagText } from "../middleware/etag.ts";
import { describeApi } from "./document.ts";
import { refuseForeignHosts } from "../middleware/requestOrigin.ts";

/** `GET /openapi.json`: all routes of a router, generated from the schemas that validate requests. */
export function openapiRoutes<E extends Env>(router: OpenAPIHono<E>, keyed: boolean): Hono {
  const routes = new Hono();
  let document: Promise<TaggedText> | undefined;

  routes.get("/openapi.json", refuseForeignHosts(keyed), async (c) => {
    // At the first request, when all routes are mounted.
    document ??= tagText(JSON.stringify(describeApi(router)), "application/json");
    return sendTagged(c, await document, { "Cache-Control": "no-cache" });
  });
  return routes;
}
