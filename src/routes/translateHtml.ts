/** Elements that stand within a sentence: a text that contains them is translated as a whole. */
const INLINE: ReadonlySet<string> = new Set(["a", "b", "br", "code", "em", "kbd", "strong"]);
const ATTRIBUTES = ["alt", "aria-label", "placeholder", "title"];
const UNSPOKEN: ReadonlySet<string> = new Set(["script", "style"]);
/** What is written in the files of the page needs no change. */
const VERBATIM = { decodeEntities: false, encodeEntities: false } as const;

/**
 * Replaces the texts of HTML, and the attributes that are read out or shown. `translate` gets a text as
 * it is in the source, with single spaces and with the tags within the sentence, and returns HTML;
 * undefined leaves it as it is.
 */
export async function translateHtml(
  html: string,
  translate: (text: string) => string | undefined,
): Promise<string> {
  const { DomUtils, parseDocument } = await import("htmlparser2");
  const document = parseDocument(html, VERBATIM);
  for (const node of document.childNodes) visit(node);
  return DomUtils.getOuterHTML(document, VERBATIM);

  type Node = typeof document.childNodes[number];

  function visit(node: Node): void {
    if (node.type === "text") node.data = translated(node.data);
    if (node.type !== "tag" || UNSPOKEN.has(node.name)) return;
    for (const name of ATTRIBUTES) {
      const value = node.attribs[name];
      if (value !== undefined) node.attribs[name] = translated(value);
    }
    if (!isSentence(node.childNodes)) return node.childNodes.forEach(visit);
    const before = DomUtils.getInnerHTML(node, VERBATIM);
    const after = translated(before);
    if (after === before) return;
    node.childNodes = parseDocument(after, VERBATIM).childNodes;
    for (const child of node.childNodes) child.parent = node;
  }

  function isSentence(nodes: readonly Node[]): boolean {
    return nodes.some((node) => node.type === "text" && node.data.trim() !== "") &&
      nodes.every(isWithinSentence);
  }

  function isWithinSentence(node: Node): boolean {
    return node.type === "text" ||
      node.type === "tag" && INLINE.has(node.name) && node.childNodes.every(isWithinSentence);
  }

  /** The spaces around a text stay. */
  function translated(text: string): string {
    const [, before = "", inner = "", after = ""] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
    if (!/\p{L}/u.test(inner)) return text;
    return `${before}${translate(inner.replace(/\s+/g, " ")) ?? inner}${after}`;
  }
}
