import assert from "node:assert/strict";
import { csvLine } from "../../src/utils/csv/csvLine.ts";
import { csvRows, separatorOf } from "../../src/utils/csv/csvRows.ts";
import { decodeTable } from "../../src/utils/csv/decodeTable.ts";

const atOnce = { pause: () => Promise.resolve() };

function cellsOf(text: string): readonly (readonly string[])[] {
  return [...csvRows(text, separatorOf(text))].map(({ cells }) => cells);
}

Deno.test("a table is read with any separator, quotes, line ends and lines within cells", () => {
  assert.deepEqual(cellsOf('a,b\r\n"x, y","say ""hi"""\r\n'), [["a", "b"], [
    "x, y",
    'say "hi"',
  ]]);
  assert.deepEqual(cellsOf('"a,b";c\n1;2'), [["a,b", "c"], ["1", "2"]]);
  assert.deepEqual(cellsOf("a\tb\r1\t\r"), [["a", "b"], ["1", ""]]);
  const rows = [...csvRows('a,b\n"one\ntwo\r\nthree",2\n\n4,5\n', ",")];
  assert.deepEqual(rows.map(({ line, cells }) => [line, cells[0]]), [
    [1, "a"],
    [2, "one\ntwo\r\nthree"],
    [5, ""],
    [6, "4"],
  ]);
});

Deno.test("a quote that is never closed and a line without an end are told, and end the reading", () => {
  const rows = [...csvRows('a,b\n1,"two\n3,4\n', ",")];
  assert.deepEqual(rows.map(({ line, isOpen }) => [line, isOpen]), [[1, false], [2, true]]);
  const bounds = { maxCells: 9, maxCellChars: 9, maxRowChars: 30 };
  const wide = [...csvRows(`${",".repeat(1000)}\nnext\n`, ",", bounds)];
  assert.deepEqual(wide.map(({ isOpen }) => isOpen), [true]);
  const row = [...csvRows(`${"12345678,".repeat(4)}\nnext\n`, ",", bounds)];
  assert.deepEqual(row.map(({ isOpen }) => isOpen), [true]);
  const long = [...csvRows(`${"x".repeat(1000)}\nnext\n`, ",", bounds)];
  assert.deepEqual(long.map(({ isOpen }) => isOpen), [true]);
});

Deno.test("tables are decoded as spreadsheets save them", async () => {
  const text = "phone,naïve\n+1,Zoë\n";
  const utf16 = (big: boolean, mark: boolean) => {
    const units = [...(mark ? [0xfeff] : []), ...Array.from(text, (each) => each.charCodeAt(0))];
    return new Uint8Array(
      units.flatMap((unit) => big ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8]),
    );
  };
  const latin1 = new Uint8Array(Array.from(text, (each) => each.charCodeAt(0)));
  const utf8 = new TextEncoder().encode(text);
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [utf8, "utf-8"],
    [new Uint8Array([0xef, 0xbb, 0xbf, ...utf8]), "utf-8"],
    [utf16(false, true), "utf-16le"],
    [utf16(true, true), "utf-16be"],
    [utf16(false, false), "utf-16le"],
    [utf16(true, false), "utf-16be"],
    [latin1, "windows-1252"],
  ];
  for (const [bytes, encoding] of cases) {
    assert.deepEqual(await decodeTable(bytes, atOnce), { text, encoding });
  }
  // A spreadsheet itself is a ZIP file.
  assert.equal(
    await decodeTable(new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 6, 0]), atOnce),
    undefined,
  );
});

Deno.test("what a spreadsheet would take for a formula is written as a text", () => {
  const cells = ["=1+1", "+14155550123", "+SUM(A1)", "-2", "@x", "\tx", 'a "b"', "", null, 5, true];
  assert.equal(
    csvLine(cells),
    `'=1+1,+14155550123,'+SUM(A1),'-2,'@x,"'\tx","a ""b""",,,5,true\r\n`,
  );
  const hidden = ["\n=1+1", "\r=1+1", " =1+1", "\u00a0+SUM(A1)", " \t@x", "＝1+1", " +14155550123"];
  for (const cell of hidden) assert.equal(csvLine([cell]).replace(/^"/, "")[0], "'", cell);
  assert.equal(csvLine([" a = b", "12 - 3"]), `" a = b",12 - 3\r\n`);
});
