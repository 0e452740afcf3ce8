/** A row of a table, with the line of the file on which it begins, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
  /** A quote of it is never closed, or a bound is exceeded: the rest of the file is not read. */
  readonly isOpen: boolean;
}

/** How much one row may hold. */
export interface CsvBounds {
  readonly maxCells: number;
  readonly maxCellChars: number;
  /** As it is written, with its quotes. */
  readonly maxRowChars: number;
}

const unbounded: CsvBounds = {
  maxCells: Infinity,
  maxCellChars: Infinity,
  maxRowChars: Infinity,
};

/** Which of comma, semicolon and tab is most frequent in the first line, outside of quotes. */
export function separatorOf(text: string): string {
  const end = text.search(/\r?\n/);
  const line = (end === -1 ? text : text.slice(0, end)).slice(0, 10_000).replace(/"[^"]*"/g, "");
  const count = (mark: string) => line.split(mark).length;
  return [",", ";", "\t"].reduce((best, mark) => count(mark) > count(best) ? mark : best);
}

/** The rows of a table by RFC 4180, blank ones included. Lines end with LF, CR LF or CR. */
export function* csvRows(
  text: string,
  separator: string,
  { maxCells, maxCellChars, maxRowChars } = unbounded,
): Generator<CsvRow> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const begun = line;
    const begunAt = at;
    const cells: string[] = [];
    let isOpen = false;
    for (let more = true; more;) {
      let cell = "";
      if (text[at] === '"') {
        at++;
        for (;;) {
          const quote = text.indexOf('"', at);
          isOpen = quote === -1 || cell.length + quote - at > maxCellChars;
          cell += text.slice(at, isOpen ? text.length : quote).slice(0, maxCellChars);
          at = isOpen ? text.length : quote + 1;
          if (isOpen || text[at] !== '"') break;
          cell += '"';
          at++;
        }
        line += linesIn(cell);
      }
      const end = endOfCell(text, at, separator, maxCellChars);
      cells.push(cell + text.slice(at, end));
      isOpen ||= end - at > maxCellChars || cells.length > maxCells ||
        end - begunAt > maxRowChars;
      at = isOpen ? text.length : end;
      more = text[at] === separator;
      if (more) at++;
    }
    if (at < text.length) {
      at += text.startsWith("\r\n", at) ? 2 : 1;
      line++;
    }
    yield { line: begun, cells, isOpen };
  }
}

function endOfCell(text: string, from: number, separator: string, maxChars: number): number {
  const last = Math.min(text.length, from + maxChars + 1);
  for (let at = from; at < last; at++) {
    const mark = text[at];
    if (mark === separator || mark === "\n" || mark === "\r") return at;
  }
  return last;
}

function linesIn(cell: string): number {
  let lines = 0;
  for (let at = 0; at < cell.length; at++) {
    if (cell[at] === "\n" || cell[at] === "\r" && cell[at + 1] !== "\n") lines++;
  }
  return lines;
}
