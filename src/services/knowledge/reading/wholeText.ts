import type { Block } from "./block.ts";

/** A document as one text, for a model that reads all of it; undefined where it is longer than `maxChars`. */
export function wholeText(blocks: readonly Block[], maxChars: number): string | undefined {
  const parts: string[] = [];
  let chars = 0;
  for (const block of blocks) {
    const part = shown(block);
    chars += part.length + 1;
    if (chars > maxChars) return undefined;
    parts.push(part);
  }
  return parts.join("\n");
}

function shown(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(Math.min(6, Math.max(1, block.level)))} ${block.text}`;
    case "page":
      return `[page ${block.page}]`;
    case "row":
      return `- ${block.text}`;
    case "text":
      return block.text;
  }
}
