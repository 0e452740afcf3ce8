import { type Context, Hono } from "@hono/hono";
import { stripTypeScriptTypes } from "node:module";
import { entryModule } from "./entryModule.ts";
import { invalidHost } from "./middleware/httpProblem.ts";
import { sendTagged, type TaggedText, tagText } from "./middleware/etag.ts";
import { pageLanguage } from "./pageLanguage.ts";
import { slimModule } from "./slimModule.ts";
import { translateHtml } from "./translateHtml.ts";

/**
 * The pages for people: `/` and `/docs`, which shows `/openapi.json`. The files that they load are
 * those of `src/web`, under `/assets/`.
 */
export function pagesRoutes(): Hono {
  const routes = new Hono();
  const read = createReader(new URL("../web/", import.meta.url));
  const translations = new WeakMap<PageFile, Translation>();
  routes.get("/", (c) => send(c, "index.html"));
  routes.get("/docs", (c) => send(c, "docs/index.html"));
  routes.get("/sdk.js", (c) => sendEntry(c, "sdk/sdk.ts"));
  routes.get("/embed.js", (c) => sendEntry(c, "embed/embed.ts"));
  routes.get("/sdk.d.ts", (c) => send(c, "sdk/sdk.d.ts"));
  routes.get("/assets/:path{.+}", (c) => send(c, c.req.param("path")));
  return routes;

  async function send(c: Context, path: string): Promise<Response> {
    const file = await read(path);
    if (file === undefined) return c.notFound();
    const host = URL.parse(c.req.url)?.host;
    if (host === undefined) throw invalidHost();
    if (!isTranslated(path)) {
      return sendTagged(c, file, isShared(path) ? sharedHeaders : pageHeaders(host));
    }
    const language = pageLanguage(c);
    return sendTagged(c, language === "de" ? await germanOf(file) : file, {
      ...pageHeaders(host),
      "Content-Language": language,
      "Vary": "Accept-Language, Cookie",
    });
  }

  /** A module for pages of other servers, by an address that stays. */
  async function sendEntry(c: Context, path: string): Promise<Response> {
    const text = await entryModule(path, async (path) => (await read(path))?.text);
    return sendTagged(c, tagText(text, CONTENT_TYPES["ts"] ?? ""), {
      ...sharedHeaders,
      // Deno's types of the module.
      ...(path.startsWith("sdk/") && { "X-TypeScript-Types": "./sdk.d.ts" }),
    });
  }

  async function germanOf(file: PageFile): Promise<TaggedText> {
    const texts = await read("texts.json");
    const known = translations.get(file);
    if (known !== undefined && known.texts === texts) return known.german;
    const german = translateFile(file, texts?.text ?? "{}");
    translations.set(file, { texts, german });
    return german;
  }
}

/** The documentation of the API is in English. */
function isTranslated(path: string): boolean {
  return path.endsWith(".html") && !path.startsWith("docs/");
}

interface Translation {
  readonly texts: PageFile | undefined;
  readonly german: Promise<TaggedText>;
}

/** `texts` has sections of German texts by the English ones. */
async function translateFile({ text, contentType }: PageFile, texts: string): Promise<TaggedText> {
  const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(texts);
  const german = new Map(Object.values(sections).flatMap((section) => Object.entries(section)));
  const html = await translateHtml(text, (english) => german.get(english));
  return tagText(html.replace('<html lang="en">', '<html lang="de">'), contentType);
}

/** What pages of other origins load too, which is no secret: the modules of the SDK and the widget, and their texts. */
function isShared(path: string): boolean {
  return path.endsWith(".ts") || path === "embed/embedTexts.json";
}

interface PageFile extends TaggedText {
  readonly modifiedMs: number;
}

/** A file of `src/web` or of a folder in it. */
const PAGE_PATH = /^(?:[a-z]{1,20}\/)?[a-z][A-Za-z.]{0,60}\.(html|ts|css|svg|json)$/;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  ts: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  json: "application/json; charset=utf-8",
};

/** Reads the files of a folder, TypeScript as JavaScript, and caches them until they change on disk. */
function createReader(folder: URL): (path: string) => Promise<PageFile | undefined> {
  const cache = new Map<string, PageFile>();

  return async function read(path) {
    const [, extension = ""] = PAGE_PATH.exec(path) ?? [];
    const isTypes = path.endsWith(".d.ts");
    const contentType = isTypes ? "application/typescript" : CONTENT_TYPES[extension];
    if (contentType === undefined) return undefined;
    const url = new URL(path, folder);
    try {
      const modifiedMs = (await Deno.stat(url)).mtime?.getTime() ?? 0;
      const known = cache.get(path);
      if (known?.modifiedMs === modifiedMs) return known;
      const source = await Deno.readTextFile(url);
      const text = extension === "ts" && !isTypes
        ? slimModule(stripTypeScriptTypes(source))
        : source;
      const file = { ...tagText(text, contentType), modifiedMs };
      cache.set(path, file);
      return file;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  };
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
