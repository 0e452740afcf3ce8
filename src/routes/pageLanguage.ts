import type { Context } from "@hono/hono";
import { accepts } from "@hono/hono/accepts";
import { getCookie } from "@hono/hono/cookie";

/** The languages of the page. */
export type PageLanguage = "en" | "de";

/** That which was chosen in the page, else the one of the two that the browser prefers, else English. */
export function pageLanguage(c: Context): PageLanguage {
  const chosen = getCookie(c, "parley-language");
  if (chosen === "en" || chosen === "de") return chosen;
  return toLanguage(accepts(c, {
    header: "Accept-Language",
    supports: ["en", "de"],
    default: "en",
    match: (wanted) =>
      wanted.toSorted((a, b) => b.q - a.q).map(({ type }) => type.slice(0, 2).toLowerCase())
        .find((type) => type === "en" || type === "de") ?? "en",
  }));
}

function toLanguage(text: string): PageLanguage {
  return text === "de" ? "de" : "en";
}
