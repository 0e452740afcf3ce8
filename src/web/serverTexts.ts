import { language } from "./text.ts";

/** A sentence of the server in the page's language: its English one, `{name}` in it filled with the values. */
export type Say = (english: string, values?: Readonly<Record<string, string | number>>) => string;

/**
 * The sentences of the server that a file has German for: those of problems and of agents' files, unless
 * another is named. They are loaded only where one has to be shown.
 */
export function loadServerTexts(file = "serverTexts.json"): Promise<Say> {
  const loading = loaded.get(file) ?? load(file);
  loaded.set(file, loading);
  return loading;
}

const loaded = new Map<string, Promise<Say>>();

async function load(file: string): Promise<Say> {
  const { names = {}, ...sections }: Texts = language === "de" ? await readGerman(file) : {};
  const german = new Map(Object.values(sections).flatMap((texts) => Object.entries(texts)));
  const known = new Map(Object.entries(names));
  return (english, values = {}) =>
    (german.get(english) ?? english).replace(/\{(\w+)\}/g, (whole, name) => {
      const value = values[name];
      if (typeof value === "number") return value.toLocaleString(language);
      return value === undefined ? whole : known.get(value) ?? value;
    });
}

async function readGerman(file: string): Promise<Texts> {
  try {
    return await (await fetch(new URL(file, import.meta.url))).json();
  } catch {
    // In English rather than not at all; the next sentence tries again.
    loaded.delete(file);
    return {};
  }
}

/** Sections of German texts by the English ones; those of `names` are values. */
type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;
