/// <reference lib="dom" />
import type { FoundWords } from "./listTypes.ts";
import { element } from "../elements.ts";
import { formatDuration } from "../formats.ts";
import { t } from "../text.ts";

/** A line of a call in which words were said that are looked for: who said it, when, and the words marked. */
export function describeFound({ role, atMs, text, marks }: FoundWords): HTMLElement {
  const parts: (string | Node)[] = [];
  let at = 0;
  for (const { from, to } of marks) {
    parts.push(text.slice(at, from), element("mark", { textContent: text.slice(from, to) }));
    at = to;
  }
  return element("span", { className: "found" }, [
    element("span", {
      className: `found-who ${role}`,
      textContent: `${role === "agent" ? t("Agent") : t("Caller")} ${formatDuration(atMs)}`,
    }),
    " ",
    element("span", { className: "words" }, [...parts, text.slice(at)]),
  ]);
}
