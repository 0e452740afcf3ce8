/** The languages of the interface. */
const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** Read without the types of the DOM, which would replace those of Deno in tests. */
const document: Page | undefined = Reflect.get(globalThis, "document");

/** The language that the server has sent the page in. */
export const language: Language = document?.documentElement.lang === "de" ? "de" : "en";

/**
 * A text of the interface: `t("{count} calls", { count: 3 })`. In a page in German the server has put the
 * German text of `texts.json`, of any section, in the place of the English one.
 */
export function t(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

interface Page {
  readonly documentElement: { readonly lang: string };
}
