import type { Block } from "./block.ts";
import { cleanText, decodeText } from "./plainText.ts";

/** Reads Markdown: headings of both kinds; links and pictures by their words, all else as it is written. */
export function readMarkdown(bytes: Uint8Array): Promise<readonly Block[]> {
  const text = decodeText(bytes).replace(/^\uFEFF?---[ \t]*\r?\n[\s\S]*?\r?\n---[ \t]*\r?\n/, "");
  return Promise.resolve(markdownBlocks(text.replace(/<!--[\s\S]*?-->/g, "")));
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
    const [, marks, title] = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line) ?? [];
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
    else if (!/^\s*\|?[\s:|-]*-{3}[\s:|-]*\|?\s*$/.test(line)) lines.push(plainWords(line));
  }
  flush();
  return blocks;

  function heading(level: number, title: string): void {
    const shown = cleanText(plainWords(title)).replaceAll("\n", " ");
    if (shown !== "") blocks.push({ kind: "heading", level, text: shown });
  }
}

/** A line without the marks of emphasis, and with the address of a link only where it has no other words. */
function plainWords(line: string): string {
  return line
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, "$2")
    .replace(/`([^`]+)`/g, "$1");
}
