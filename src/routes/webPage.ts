import { Hono } from "@hono/hono";
import { servePageFiles } from "./pages.ts";

/** Serves the page: `/` and, under `/assets/`, the files it loads, as they stand in `src/web`. */
export function webPage(): Hono {
  const app = new Hono();
  const send = servePageFiles(new URL("../web/", import.meta.url));

  app.get("/", (c) => send(c, "index.html"));
  app.get("/assets/:file", (c) => send(c, c.req.param("file")));
  return app;
}
