import { type Block, DOCUMENT_LIMITS } from "./block.ts";
import { cleanText, decodeText } from "./plainText.ts";
import { csvRows, separatorOf } from "../../../utils/csv/csvRows.ts";

/** Reads a table: each row names its columns by the first row. Commas, semicolons or tabs separate. */
export function readCsv(bytes: Uint8Array): Promise<readonly Block[]> {
  const text = decodeText(bytes).replace(/^\uFEFF/, "");
  const blocks: Block[] = [];
  let names: readonly string[] | undefined;
  let row = 0;
  for (const { cells } of csvRows(text, separatorOf(text))) {
    row++;
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
    blocks.push({ kind: "row", row, text: shown.slice(0, DOCUMENT_LIMITS.rowChars) });
  }
  // A table of one line is no table, but may be all there is to know.
  if (blocks.length === 0 && names !== undefined) {
    blocks.push({ kind: "row", row: 1, text: names.join("; ").slice(0, DOCUMENT_LIMITS.rowChars) });
  }
  return Promise.resolve(blocks);
}
