import type { Block } from "./block.ts";
import { cleanText } from "./plainText.ts";

/** Gathers the text of marked-up documents into headings and paragraphs. */
export function createTextFlow() {
  const blocks: Block[] = [];
  let text = "";
  let level: number | undefined;

  function flush(): void {
    const shown = cleanText(text.replace(/(?: \| ){1,100}(?=\n|$)/g, ""));
    text = "";
    if (shown === "") return;
    if (level === undefined) blocks.push({ kind: "text", text: shown });
    else blocks.push({ kind: "heading", level, text: shown.replaceAll("\n", " ") });
  }

  return {
    text: (part: string): void => void (text += part),
    newLine(): void {
      if (text !== "" && !text.endsWith("\n")) text += level === undefined ? "\n" : " ";
    },
    /** The cells of a line are separated by bars. */
    newCell(): void {
      if (text !== "" && !text.endsWith("\n")) text += " | ";
    },
    newItem(): void {
      if (text !== "" && !text.endsWith("\n")) text += "\n";
      text += "- ";
    },
    newBlock(): void {
      if (level === undefined) flush();
      else text += " ";
    },
    beginHeading(ofLevel: number): void {
      flush();
      level = ofLevel;
    },
    endHeading(): void {
      flush();
      level = undefined;
    },
    blocks(): readonly Block[] {
      flush();
      return blocks;
    },
  };
}
