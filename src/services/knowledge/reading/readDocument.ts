import { type Block, type ReadBlocks, UnreadableFile } from "./block.ts";
import { readCsv } from "./readCsv.ts";
import { readDocx } from "./readDocx.ts";
import { readHtml } from "./readHtml.ts";
import { readMarkdown, readPlainText } from "./readMarkdown.ts";
import { readPdf } from "./readPdf.ts";

const readers: Readonly<Record<string, ReadBlocks>> = {
  md: readMarkdown,
  txt: readPlainText,
  html: readHtml,
  htm: readHtml,
  pdf: readPdf,
  docx: readDocx,
  csv: readCsv,
};

/** The blocks of a document, by the ending of its name. Throws `UnreadableFile`. */
export async function readDocument(name: string, bytes: Uint8Array): Promise<readonly Block[]> {
  const read = readers[endingOf(name)];
  if (read === undefined) throw new UnreadableFile(`is of no known kind: ${kinds()}`);
  const blocks = await read(bytes);
  if (blocks.length === 0) throw new UnreadableFile("holds no text");
  return blocks;
}

/** Whether a file is one of those that are read. */
export function isDocument(name: string): boolean {
  return Object.hasOwn(readers, endingOf(name));
}

function kinds(): string {
  return Object.keys(readers).map((kind) => `.${kind}`).join(", ");
}

function endingOf(name: string): string {
  return /\.([A-Za-z]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
}
