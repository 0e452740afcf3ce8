import { type Context, Hono } from "@hono/hono";
import { stripTypeScriptTypes } from "node:module";
import { HttpProblem } from "./middleware/errors.ts";
import { sendTagged, type TaggedText, tagText } from "./middleware/etag.ts";

/**
 * The pages for people, with the files they load: `/` and `/assets/` from `src/web`, `/docs` (which
 * shows `/openapi.json`) and `/docs/` from `src/web/docs`.
 */
export function pagesRoutes(): Hono {
  const routes = new Hono();
  const sendPage = fileSender(new URL("../web/", import.meta.url));
  const sendDocs = fileSender(new URL("../web/docs/", import.meta.url));
  routes.get("/", (c) => sendPage(c, "index.html"));
  routes.get("/assets/:file", (c) => sendPage(c, c.req.param("file")));
  routes.get("/docs", (c) => sendDocs(c, "index.html"));
  routes.get("/docs/:file", (c) => sendDocs(c, c.req.param("file")));
  return routes;
}

/** Creates the function that answers with a file of one folder, TypeScript as JavaScript. */
function fileSender(folder: URL): (c: Context, name: string) => Promise<Response> {
  const read = createReader(folder);

  return async function send(c, name) {
    const file = await read(name);
    if (file === undefined) return c.notFound();
    const host = URL.parse(c.req.url)?.host;
    if (host === undefined) throw new HttpProblem(400, "invalid_host", "There is no such host.");
    return sendTagged(c, file, securityHeaders(host));
  };
}

interface PageFile extends TaggedText {
  readonly modifiedMs: number;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  ts: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** Reads files of one folder and caches them until they change on disk. */
function createReader(folder: URL): (name: string) => Promise<PageFile | undefined> {
  const cache = new Map<string, PageFile>();

  return async function read(name) {
    const [, extension = ""] = /^[a-z][A-Za-z.]{0,60}\.(html|ts|css|svg)$/.exec(name) ?? [];
    const contentType = CONTENT_TYPES[extension];
    if (contentType === undefined) return undefined;
    const url = new URL(name, folder);
    try {
      const modifiedMs = (await Deno.stat(url)).mtime?.getTime() ?? 0;
      const known = cache.get(name);
      if (known?.modifiedMs === modifiedMs) return known;
      const source = await Deno.readTextFile(url);
      const text = extension === "ts" ? stripTypeScriptTypes(source) : source;
      const file = { ...await tagText(text, contentType), modifiedMs };
      cache.set(name, file);
      return file;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  };
}

/** The page loads nothing from elsewhere and runs nothing inline. */
function securityHeaders(host: string): Record<string, string> {
  // The client chooses `Host`: only a plain host may be put into the policy.
  const sockets = /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : "";
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Some browsers do not apply 'self' to WebSockets.
    `connect-src 'self'${sockets}`,
    "img-src 'self' data:",
    "media-src blob:",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
  };
}
