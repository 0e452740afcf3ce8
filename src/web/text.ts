/** The languages of the interface. */
const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** Read without the types of the DOM, which would replace those of Deno in tests. */
const document: Page | undefined = Reflect.get(globalThis, "document");

/** The language that the server has sent the page in. */
export const language: Language = document?.documentElement.lang === "de" ? "de" : "en";

/**
 * A text of the interface in the page's language: `t("{count} calls", { count: 3 })`. The English text
 * is its own name; the German one stands in `texts.json`, in any section.
 */
export function t(english: string, values: Readonly<Record<string, string | number>> = {}): string {
  const text = german?.get(english) ?? english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

const german = language === "de" ? await readGerman() : undefined;

async function readGerman(): Promise<ReadonlyMap<string, string>> {
  try {
    const sections: Texts = await (await fetch(new URL("texts.json", import.meta.url))).json();
    return new Map(Object.values(sections).flatMap((texts) => Object.entries(texts)));
  } catch {
    // In English rather than not at all.
    return new Map();
  }
}

type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Page {
  readonly documentElement: { readonly lang: string };
}
