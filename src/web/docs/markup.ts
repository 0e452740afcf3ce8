/// <reference lib="dom" />
import { element } from "../elements.ts";

/** Converts text to paragraphs, with `code` and **bold** as markup. */
export function paragraphs(text: string): readonly HTMLElement[] {
  return text.split("\n\n").filter((part) => part !== "").map((part) =>
    element("p", {}, marked(part))
  );
}

/** As `paragraphs`, for a single line. */
export function marked(text: string): readonly (Node | string)[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return element("code", { textContent: part.slice(1, -1) });
    if (part.startsWith("**")) return element("strong", { textContent: part.slice(2, -2) });
    return part;
  });
}
