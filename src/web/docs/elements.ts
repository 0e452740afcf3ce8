/// <reference lib="dom" />

/** Makes an element; text goes in as text, so that nothing it says can become markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Paragraphs of plain text in which `code` and **stress** are marked. */
export function paragraphs(text: string): readonly HTMLElement[] {
  return text.split("\n\n").filter((part) => part !== "").map((part) =>
    element("p", {}, marked(part))
  );
}

/** One line of such text. */
export function marked(text: string): readonly (Node | string)[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return element("code", { textContent: part.slice(1, -1) });
    if (part.startsWith("**")) return element("strong", { textContent: part.slice(2, -2) });
    return part;
  });
}
