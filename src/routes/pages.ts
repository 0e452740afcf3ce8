import { type Context, Hono } from "@hono/hono";
import { entryModule } from "./entryModule.ts";
import { invalidHost } from "./middleware/httpProblem.ts";
import { sendTagged, tagText } from "./middleware/etag.ts";
import { createPageFiles } from "./pageFiles.ts";
import { type PageLanguage, pageLanguage } from "./pageLanguage.ts";

/**
 * The pages for people: `/` and `/docs`, which shows `/openapi.json`. The files that they load are
 * those of `src/web`, under `/assets/`; under `/assets/de/` with their texts in German, so that a page
 * whose language is changed elsewhere goes on in the one it has.
 */
export function pagesRoutes(): Hono {
  const routes = new Hono();
  const read = createPageFiles();
  routes.get("/", sendPage);
  routes.get("/docs", (c) => send(c, "docs/index.html"));
  routes.get("/sdk.js", (c) => sendEntry(c, "sdk/sdk.ts"));
  routes.get("/embed.js", (c) => sendEntry(c, "embed/embed.ts"));
  routes.get("/sdk.d.ts", (c) => send(c, "sdk/sdk.d.ts"));
  routes.get("/assets/de/:path{.+}", (c) => send(c, c.req.param("path"), "de"));
  routes.get("/assets/:path{.+}", (c) => send(c, c.req.param("path")));
  return routes;

  async function send(c: Context, path: string, language?: PageLanguage): Promise<Response> {
    const file = await read(path, language);
    if (file === undefined) return c.notFound();
    return sendTagged(c, file, isShared(path) ? sharedHeaders : pageHeaders(hostOf(c)));
  }

  async function sendPage(c: Context): Promise<Response> {
    const language = pageLanguage(c);
    const file = await read("index.html", language);
    if (file === undefined) return c.notFound();
    const text = language === "en" ? file.text : file.text
      .replace('<html lang="en">', `<html lang="${language}">`)
      .replace('"/assets/page.ts"', `"/assets/${language}/page.ts"`);
    return sendTagged(c, tagText(text, file.contentType), {
      ...pageHeaders(hostOf(c)),
      "Content-Language": language,
      "Vary": "Accept-Language, Cookie",
    });
  }

  /** A module for pages of other servers, by an address that stays. */
  async function sendEntry(c: Context, path: string): Promise<Response> {
    const text = await entryModule(path, async (path) => (await read(path))?.text);
    return sendTagged(c, tagText(text, "text/javascript; charset=utf-8"), {
      ...sharedHeaders,
      // Deno's types of the module.
      ...(path.startsWith("sdk/") && { "X-TypeScript-Types": "./sdk.d.ts" }),
    });
  }
}

/** What pages of other origins load too, which is no secret: the modules of the SDK and the widget, and their texts. */
function isShared(path: string): boolean {
  return path.endsWith(".ts") || path === "embed/embedTexts.json";
}

function hostOf(c: Context): string {
  const host = URL.parse(c.req.url)?.host;
  if (host === undefined) throw invalidHost();
  return host;
}

const sharedHeaders: Readonly<Record<string, string>> = {
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Cache-Control": "no-cache",
};

/** The page loads nothing from elsewhere and runs nothing inline; `securityHeaders` adds the rest. */
function pageHeaders(host: string): Record<string, string> {
  // The client chooses `Host`: only a plain host may be put into the policy.
  const sockets = /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : "";
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // Some browsers do not apply 'self' to WebSockets.
    `connect-src 'self'${sockets}`,
    "img-src 'self' data:",
    "media-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cache-Control": "no-cache",
  };
}
