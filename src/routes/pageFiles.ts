import { stripTypeScriptTypes } from "node:module";
import type { PageLanguage } from "./pageLanguage.ts";
import { readTokens } from "./javaScriptTokens.ts";
import { slimModule } from "./slimModule.ts";
import { type TaggedText, tagText } from "./middleware/etag.ts";
import { translateHtml } from "./translateHtml.ts";
import { translateModule } from "./translateModule.ts";

/** Reads a file of `src/web`, as it is sent in a language; `undefined` where there is none. */
export type ReadPageFile = (
  path: string,
  language?: PageLanguage,
) => Promise<TaggedText | undefined>;

/**
 * Reads the files of `src/web`, TypeScript as JavaScript, and keeps them until they change on disk. In
 * German are the texts of the modules and the HTML that `texts.json` has; the documentation of the API is
 * in English.
 */
export function createPageFiles(): ReadPageFile {
  const folder = new URL("../web/", import.meta.url);
  const kept = new Map<string, SourceFile>();
  const sent = new WeakMap<SourceFile, Partial<Record<PageLanguage, Sent>>>();

  return async function read(path, language = "en") {
    const file = await readSource(path);
    if (file === undefined) return undefined;
    const isTranslated = language !== "en" && /\.(?:html|ts)$/.test(path) &&
      !path.startsWith("docs/");
    const texts = isTranslated ? await readSource("texts.json") : undefined;
    const known = sent.get(file) ?? {};
    sent.set(file, known);
    const last = known[language];
    if (last !== undefined && last.texts === texts) return await last.tagged;
    const tagged = prepare(file, readTranslate(texts?.source ?? "{}"));
    known[language] = { texts, tagged };
    try {
      return await tagged;
    } catch (error) {
      // What has failed once, such as the parser's import, is tried again.
      delete known[language];
      throw error;
    }
  };

  async function readSource(path: string): Promise<SourceFile | undefined> {
    const [, extension = ""] = PAGE_PATH.exec(path) ?? [];
    const isTypes = path.endsWith(".d.ts");
    const contentType = isTypes ? "application/typescript" : CONTENT_TYPES[extension];
    if (contentType === undefined) return undefined;
    const url = new URL(path, folder);
    try {
      const modifiedMs = (await Deno.stat(url)).mtime?.getTime() ?? 0;
      const known = kept.get(path);
      if (known?.modifiedMs === modifiedMs) return known;
      const file = { source: await Deno.readTextFile(url), contentType, modifiedMs };
      kept.set(path, file);
      return file;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }
}

interface SourceFile {
  readonly source: string;
  readonly contentType: string;
  readonly modifiedMs: number;
}

interface Sent {
  readonly texts: SourceFile | undefined;
  readonly tagged: Promise<TaggedText>;
}

type Translate = (english: string) => string | undefined;

async function prepare(
  { source, contentType }: SourceFile,
  translate: Translate,
): Promise<TaggedText> {
  const isModule = contentType === CONTENT_TYPES["ts"];
  const isHtml = contentType === CONTENT_TYPES["html"];
  const text = isModule
    ? moduleText(source, translate)
    : isHtml
    ? await translateHtml(source, translate)
    : source;
  return tagText(text, contentType);
}

function moduleText(source: string, translate: Translate): string {
  const javaScript = stripTypeScriptTypes(source);
  const tokens = readTokens(javaScript);
  // Whole and in English, rather than in a way that may not run.
  return tokens === undefined ? javaScript : slimModule(translateModule(tokens, translate));
}

/** `texts` has sections of German texts by the English ones. */
function readTranslate(texts: string): Translate {
  const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(texts);
  const german = new Map(Object.values(sections).flatMap((section) => Object.entries(section)));
  return (english) => german.get(english);
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
