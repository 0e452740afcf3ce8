/**
 * A row of a table, with its line end. A text that a spreadsheet would take for a formula gets an apostrophe
 * in front, except a phone number.
 */
export function csvLine(cells: readonly (string | number | boolean | null | undefined)[]): string {
  return `${cells.map(written).join(",")}\r\n`;
}

function written(cell: string | number | boolean | null | undefined): string {
  if (typeof cell !== "string") return cell === null || cell === undefined ? "" : String(cell);
  const text =
    /^([\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/.test(cell) && !/^\+\d{1,15}$/.test(cell)
      ? `'${cell}`
      : cell;
  return /[",;\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
