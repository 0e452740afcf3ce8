import { type Block, DOCUMENT_LIMITS } from "./block.ts";
import { cleanText, decodeText } from "./plainText.ts";

/** Reads a table: each row names its columns by the first row. Commas, semicolons or tabs separate. */
export function readCsv(bytes: Uint8Array): Promise<readonly Block[]> {
  const text = decodeText(bytes).replace(/^\uFEFF/, "");
  const rows = parseRows(text, separatorOf(text));
  const blocks: Block[] = [];
  let names: readonly string[] | undefined;
  for (const [at, cells] of rows.entries()) {
    const values = cells.map((cell) => cleanText(cell).replaceAll("\n", " "));
    if (values.every((value) => value === "")) continue;
    if (names === undefined) {
      names = values;
      continue;
    }
    const known = names;
    const shown = values.flatMap((value, column) => {
      if (value === "") return [];
      const name = known[column] ?? "";
      return [name === "" ? value : `${name}: ${value}`];
    }).join("; ");
    blocks.push({ kind: "row", row: at + 1, text: shown.slice(0, DOCUMENT_LIMITS.rowChars) });
  }
  // A table of one line is no table, but may be all there is to know.
  if (blocks.length === 0 && names !== undefined) {
    blocks.push({ kind: "row", row: 1, text: names.join("; ").slice(0, DOCUMENT_LIMITS.rowChars) });
  }
  return Promise.resolve(blocks);
}

/** The one that is most frequent in the first line. */
function separatorOf(text: string): string {
  const [line = ""] = text.split(/\r?\n/, 1);
  const count = (mark: string) => line.split(mark).length;
  return [",", ";", "\t"].reduce((best, mark) => count(mark) > count(best) ? mark : best);
}

/** By RFC 4180; a quote that is never closed ends with the file. */
function parseRows(text: string, separator: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (quoted) {
      if (mark !== '"') cell += mark;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (mark === '"' && cell === "") quoted = true;
    else if (mark === separator) {
      row.push(cell);
      cell = "";
    } else if (mark === "\n") {
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else if (mark !== "\r") cell += mark;
  }
  if (cell !== "" || row.length > 0) rows.push([...row, cell]);
  return rows;
}
