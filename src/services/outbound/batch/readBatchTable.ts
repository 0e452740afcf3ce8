import { csvRows, separatorOf } from "../../../utils/csv/csvRows.ts";
import { decodeTable } from "../../../utils/csv/decodeTable.ts";
import type { WorkSlices } from "../../../utils/workSlices.ts";
import {
  type BatchColumn,
  type NamedColumns,
  readColumns,
  type TableProblem,
} from "./batchColumns.ts";
import { MAX_ID_CHARS, type RequestedCall } from "./requestedCall.ts";

/** The calls of a table, one for each of its lines, also for those of which none can be made. */
export interface BatchTable {
  readonly columns: readonly BatchColumn[];
  readonly calls: readonly RequestedCall[];
  readonly encoding: string;
  readonly separator: string;
}

/** The table cannot be used at all. */
export class UnreadableTable extends Error {
  override readonly name = "UnreadableTable";
  constructor(readonly problems: readonly TableProblem[]) {
    super(`Cannot read the table: ${problems[0]?.code}`);
  }
}

/** How much a table may hold. */
export const TABLE_BOUNDS = {
  bytes: 4 * 1024 * 1024,
  rows: 10_000,
  columns: 60,
  cellChars: 1000,
} as const;

/** Reads a CSV file of calls, in slices. Throws `UnreadableTable`. */
export async function readBatchTable(
  bytes: Uint8Array,
  named: NamedColumns,
  slices: Pick<WorkSlices, "pause">,
): Promise<BatchTable> {
  const decoded = await decodeTable(bytes, slices);
  if (decoded === undefined) {
    throw unreadable("not_text", "This is no text: save the table as CSV, not as a spreadsheet.");
  }
  const { text, encoding } = decoded;
  const separator = separatorOf(text);
  const calls: RequestedCall[] = [];
  let columns: readonly BatchColumn[] | undefined;
  const bounds = {
    maxCells: 4 * TABLE_BOUNDS.columns,
    maxCellChars: 20_000,
    // All cells as long as they may be, of nothing but quotes: a row is read in one turn of the event loop.
    maxRowChars: 3 * TABLE_BOUNDS.columns * TABLE_BOUNDS.cellChars,
  };
  for (const { line, cells, isOpen } of csvRows(text, separator, bounds)) {
    await slices.pause();
    if (isOpen) {
      throw unreadable(
        "unclosed_quote",
        "A quote that begins here is never closed, or the line is far too long.",
        line,
      );
    }
    if (cells.every((cell) => cell.trim() === "")) continue;
    // Spreadsheets may say in a line of its own how cells are separated, which is known by it.
    if (line === 1 && /^sep=$/i.test(cells.join(""))) continue;
    if (columns === undefined) {
      if (cells.length > TABLE_BOUNDS.columns) {
        throw new UnreadableTable([{
          line,
          code: "too_many_columns",
          text: "There are more columns than {most}.",
          values: { most: TABLE_BOUNDS.columns },
        }]);
      }
      const read = readColumns(cells, named, line);
      if (read.problems.length > 0) throw new UnreadableTable(read.problems);
      columns = read.columns;
      continue;
    }
    if (calls.length >= TABLE_BOUNDS.rows) {
      throw new UnreadableTable([{
        line,
        code: "too_many_rows",
        text: "A batch has at most {most} lines: divide the file.",
        values: { most: TABLE_BOUNDS.rows },
      }]);
    }
    const call = callOf(cells, columns, line);
    calls.push("code" in call ? { to: "", line, problem: call } : call);
  }
  if (columns === undefined) throw unreadable("empty", "The file is empty.");
  if (calls.length === 0) {
    throw unreadable("no_rows", "The file has headings, and nothing below them.");
  }
  return { columns, calls, encoding, separator };
}

function callOf(
  cells: readonly string[],
  columns: readonly BatchColumn[],
  line: number,
): RequestedCall | TableProblem {
  const extra = cells.findIndex((cell, at) => at >= columns.length && cell.trim() !== "");
  if (extra !== -1) {
    return {
      line,
      column: `${extra + 1}`,
      code: "too_many_cells",
      text:
        "This line has more cells than there are headings: a text with a comma belongs in quotes.",
    };
  }
  const variables: Record<string, string> = {};
  const roles: Record<string, string> = {};
  for (const [at, column] of columns.entries()) {
    if (column.role === "none") continue;
    const maxChars = column.role === "id" ? MAX_ID_CHARS : TABLE_BOUNDS.cellChars;
    const value = cleaned(cells[at] ?? "");
    if (value === "") continue;
    if (value.length > maxChars) {
      return {
        line,
        column: column.heading,
        code: "cell_too_long",
        text: "This cell has more characters than one may have.",
      };
    }
    if (column.role === "variable") variables[column.name] = value;
    else roles[column.role] = value;
  }
  const { to = "", id, language, agent, consentSource, consentAt } = roles;
  return {
    line,
    to,
    ...(Object.keys(variables).length > 0 && { variables }),
    ...(id !== undefined && { id }),
    ...(language !== undefined && { language }),
    ...(agent !== undefined && { agent }),
    ...(consentSource !== undefined || consentAt !== undefined
      ? { consent: { source: consentSource ?? "", at: consentAt ?? "" } }
      : {}),
  };
}

/** Without characters that nobody sees. */
function cleaned(cell: string): string {
  const text = cell.trim();
  // It is too long in any case.
  if (text.length > MOST_CLEANED_CHARS) return text;
  return text.toWellFormed().replace(/(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}]/gu, "").trim();
}

const MOST_CLEANED_CHARS = 4 * TABLE_BOUNDS.cellChars;

function unreadable(code: string, text: string, line = 1): UnreadableTable {
  return new UnreadableTable([{ line, code, text }]);
}
