import type { Block } from "./block.ts";
import { cleanText, decodeText } from "./plainText.ts";

/** Reads Markdown: headings of both kinds; links and pictures by their words, all else as it is written. */
export function readMarkdown(bytes: Uint8Array): Promise<readonly Block[]> {
  const text = decodeText(bytes).replace(/^\uFEFF?---[ \t]*\r?\n[\s\S]*?\r?\n---[ \t]*\r?\n/, "");
  return Promise.resolve(markdownBlocks(withoutComments(text)));
}

/** Reads plain text by its paragraphs. */
export function readPlainText(bytes: Uint8Array): Promise<readonly Block[]> {
  const paragraphs = cleanText(decodeText(bytes)).split(/\n\n+/);
  return Promise.resolve(
    paragraphs.filter((text) => text !== "").map((text) => ({ kind: "text", text })),
  );
}

function markdownBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  let fence: string | undefined;
  const flush = () => {
    const paragraph = cleanText(lines.join("\n"));
    if (paragraph !== "") blocks.push({ kind: "text", text: paragraph });
    lines = [];
  };
  for (const line of text.split(/\r\n?|\n/)) {
    const mark = /^\s{0,3}(```+|~~~+)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || mark.startsWith(fence))) {
      fence = fence === undefined ? mark : undefined;
      continue;
    }
    if (fence !== undefined) {
      lines.push(line);
      continue;
    }
    const [, marks, title] = line.length > MAX_HEADING_CHARS
      ? []
      : /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line) ?? [];
    const underline = /^\s{0,3}(=+|-{2,})\s*$/.exec(line)?.[1];
    const above = lines.at(-1)?.trim() ?? "";
    if (marks !== undefined && title !== undefined) {
      flush();
      heading(marks.length, title);
    } else if (underline !== undefined && above !== "" && !above.includes("|")) {
      lines.pop();
      flush();
      heading(underline.startsWith("=") ? 1 : 2, above);
    } else if (line.trim() === "") flush();
    else if (!(line.includes("---") && /^[\s:|-]+$/.test(line))) lines.push(plainWords(line));
  }
  flush();
  return blocks;

  function heading(level: number, title: string): void {
    const shown = cleanText(plainWords(title)).replaceAll("\n", " ");
    if (shown !== "") blocks.push({ kind: "heading", level, text: shown });
  }
}

/** A long line is none, and would take the pattern quadratic time. */
const MAX_HEADING_CHARS = 500;

function withoutComments(text: string): string {
  const parts: string[] = [];
  for (let at = 0;;) {
    const begin = text.indexOf("<!--", at);
    const end = begin === -1 ? -1 : text.indexOf("-->", begin);
    if (end === -1) return parts.join("") + text.slice(at);
    parts.push(text.slice(at, begin));
    at = end + "-->".length;
  }
}

/** A line without the marks of emphasis and the addresses of links. The bounds keep long lines linear. */
function plainWords(line: string): string {
  return line
    .replace(/!?\[([^\]]{0,300})\]\([^)]{0,1000}\)/g, "$1")
    .replace(/(\*\*|__)(?=\S)(.{1,300}?)(?<=\S)\1/g, "$2")
    .replace(/`([^`]{1,300})`/g, "$1");
}
