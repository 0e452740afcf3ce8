/// <reference lib="dom" />
import { element } from "./elements.ts";
import { t } from "./text.ts";

/** As `redaction` of an agent writes them; the names of its own patterns are in lower case. */
const MARK = /\[(…|IBAN|[a-z][a-z0-9 -]{0,63})\]/;

/** A text whose marks for what is blacked out are shown as such. */
export function redactedWords(text: string): readonly (Node | string)[] {
  return text.split(MARK).map((piece, at) => at % 2 === 0 ? piece : chip(piece))
    .filter((piece) => piece !== "");
}

function chip(name: string): HTMLElement {
  const title = name === "…" ? t("Held back until it is known what it is") : t("Blacked out");
  return element("span", { className: "redacted", title, textContent: name });
}
