/// <reference lib="dom" />

/** A text of the widget in its language: the English one is its own name. */
export type Text = (
  english: string,
  values?: Readonly<Record<string, string>>,
) => string;

/** The widget's texts in a language, `de` or another code: English is spoken for all that there are none for. */
export async function textsFor(language: string, server: URL): Promise<Text> {
  const german = isGerman(language) ? await germanOf(server) : undefined;
  return (english, values = {}) =>
    (german?.get(english) ?? english).replace(
      /\{(\w+)\}/g,
      (whole, name) => values[name] ?? whole,
    );
}

/** The language that an element's texts are in: by its own `lang`, or that of what it stands in. */
export function languageOf(element: Element): "en" | "de" {
  const host = element.closest("[lang]") ?? document.documentElement;
  return isGerman(host.getAttribute("lang") ?? "") ? "de" : "en";
}

function isGerman(language: string): boolean {
  return /^de\b/i.test(language);
}

type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

const loaded = new Map<string, Promise<ReadonlyMap<string, string>>>();

function germanOf(server: URL): Promise<ReadonlyMap<string, string>> {
  const known = loaded.get(server.href) ?? load(server);
  loaded.set(server.href, known);
  return known;
}

async function load(server: URL): Promise<ReadonlyMap<string, string>> {
  try {
    const sections: Texts = await (await fetch(new URL("assets/embed/embedTexts.json", server)))
      .json();
    return new Map(Object.values(sections).flatMap((texts) => Object.entries(texts)));
  } catch {
    // In English rather than not at all.
    return new Map();
  }
}
