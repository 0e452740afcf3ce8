import { Hono } from "@hono/hono";
import { servePageFiles } from "./pages.ts";

/** `GET /docs`: a page to read `/openapi.json` on, and under `/docs/` the files it loads. */
export function docsRoutes(): Hono {
  const routes = new Hono();
  const send = servePageFiles(new URL("../web/docs/", import.meta.url));

  routes.get("/docs", (c) => send(c, "index.html"));
  routes.get("/docs/:file", (c) => send(c, c.req.param("file")));
  return routes;
}
