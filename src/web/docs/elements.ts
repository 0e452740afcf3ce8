/// <reference lib="dom" />

/**
 * Creates an element; strings become text nodes, never markup. A copy of `../elements.ts`, since this
 * folder is served on its own.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

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
