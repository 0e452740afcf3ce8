import type { Block } from "./block.ts";
import { createTextFlow } from "./textFlow.ts";
import { decodeText } from "./plainText.ts";

/** Parts of a page that hold no knowledge. */
const SKIPPED = new Set([
  ...["script", "style", "noscript", "template", "svg", "nav", "footer", "iframe", "object"],
  ...["button", "select", "textarea", "canvas", "math"],
]);
/** Elements within a line; all others end it. */
const INLINE = new Set([
  ...[
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "ins",
  ],
  ...[
    "kbd",
    "label",
    "mark",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
    "u",
  ],
  ...["var", "wbr", "img", "big", "tt"],
]);

/** Reads a web page: headings, paragraphs, lists and tables, without scripts and navigation. */
export async function readHtml(bytes: Uint8Array): Promise<readonly Block[]> {
  const { Parser } = await import("htmlparser2");
  const flow = createTextFlow();
  let skipping = 0;
  let inTitle = false;
  const parser = new Parser({
    onopentag(name) {
      if (SKIPPED.has(name)) skipping++;
      if (skipping > 0) return;
      if (name === "title") inTitle = true;
      const level = headingLevel(name);
      if (level !== undefined) flow.beginHeading(level);
      else if (inTitle) flow.beginHeading(0);
      else if (name === "br") flow.newLine();
      else if (name === "tr") flow.newLine();
      else if (name === "td" || name === "th") flow.newCell();
      else if (name === "li") flow.newItem();
      else if (!INLINE.has(name)) flow.newBlock();
    },
    ontext(text) {
      // In a page a line break is a space.
      if (skipping === 0) flow.text(text.replace(/\s+/g, " "));
    },
    onclosetag(name) {
      if (SKIPPED.has(name)) skipping = Math.max(0, skipping - 1);
      else if (skipping > 0) return;
      else if (name === "title") {
        inTitle = false;
        flow.endHeading();
      } else if (headingLevel(name) !== undefined) flow.endHeading();
      else if (name === "tr" || name === "li") flow.newLine();
      else if (name !== "td" && name !== "th" && name !== "br" && !INLINE.has(name)) {
        flow.newBlock();
      }
    },
  }, { decodeEntities: true, lowerCaseTags: true });
  parser.write(decodeText(bytes));
  parser.end();
  return flow.blocks();
}

function headingLevel(name: string): number | undefined {
  const level = /^h([1-6])$/.exec(name)?.[1];
  return level === undefined ? undefined : Number(level);
}
