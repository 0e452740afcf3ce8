import assert from "node:assert/strict";
import { zipSync } from "fflate";
import type { Block } from "../../../src/services/knowledge/reading/block.ts";
import { toPassages } from "../../../src/services/knowledge/reading/passages.ts";
import { readDocument } from "../../../src/services/knowledge/reading/readDocument.ts";
import { docxOf, pdfOf } from "../../support/knowledge/documents.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Blocks as lines: `1# heading`, `p2` for a page, `r2: row`. */
async function linesOf(name: string, content: Uint8Array | string): Promise<readonly string[]> {
  const blocks = await readDocument(name, typeof content === "string" ? bytes(content) : content);
  return blocks.map((block: Block) => {
    if (block.kind === "heading") return `${block.level}# ${block.text}`;
    if (block.kind === "page") return `p${block.page}`;
    return block.kind === "row" ? `r${block.row}: ${block.text}` : block.text;
  });
}

Deno.test("Markdown keeps headings, lists, tables and code, without the marks", async () => {
  const text = [
    ...["---", "draft: true", "---", "Title", "=====", "", "Some **bold** [link](https://a.b/)."],
    ...["", "<!-- a secret -->", "## Prices ##", "", "| a | b |", "|---|--:|", "| 1 | 2 |", ""],
    ...["```", "# no heading", "```", "", "- one", "- two", ""],
  ].join("\r\n");
  assert.deepEqual(await linesOf("a.MD", text), [
    ...["1# Title", "Some bold link.", "2# Prices", "| a | b |\n| 1 | 2 |", "# no heading"],
    "- one\n- two",
  ]);
});

Deno.test("text is read in the encodings that Windows, Word and the web write", async () => {
  const utf16 = new Uint8Array([0xff, 0xfe, 0xd6, 0x00, 0x6c, 0x00]);
  const latin = new Uint8Array([0xd6, 0x66, 0x66, 0x6e, 0x65, 0x6e, 0x20, 0x80]);
  assert.deepEqual(await linesOf("a.txt", utf16), ["Öl"]);
  assert.deepEqual(await linesOf("a.txt", latin), ["Öffnen €"]);
  assert.deepEqual(await linesOf("a.txt", "\ufeffÖl\r\n\r\n\r\nzwei\u0007\u202e\u200b"), [
    ...["Öl", "zwei"],
  ]);
});

Deno.test("a web page keeps headings, lists and tables, and no scripts or navigation", async () => {
  const page =
    "<html><head><title>Shop &amp; more</title><style>p{}</style></head><body><nav>Home</nav>" +
    "<h1>Hours</h1><p>Open\n <b>daily</b>.</p><script>alert(1)</script><ul><li>one<li>two</ul>" +
    "<table><tr><th>x<th>y<tr><td>1<td>2</table><footer>Imprint</footer>";
  assert.deepEqual(await linesOf("a.htm", page), [
    ...["0# Shop & more", "1# Hours", "Open daily.", "- one\n- two", "x | y\n1 | 2"],
  ]);
});

Deno.test("a PDF is read by its pages, and divided words are joined", async () => {
  assert.deepEqual(
    await linesOf("a.pdf", pdfOf([["An oil change"], ["is a house-", "hold word"]])),
    [
      ...["p1", "An oil change", "p2", "is a household word"],
    ],
  );
});

Deno.test("a Word document keeps its headings, also German ones, lists and tables", async () => {
  const paragraph = (text: string, style = "") =>
    `<w:p><w:pPr>${style}</w:pPr><w:r><w:t>${text}</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>`;
  const cell = (text: string) => `<w:tc>${paragraph(text)}</w:tc>`;
  const body = [
    paragraph("Terms &amp; rules", '<w:pStyle w:val="berschrift2"/>'),
    paragraph("You may cancel."),
    paragraph("one", "<w:numPr/>"),
    `<w:tbl><w:tr>${cell("a")}${cell("b")}</w:tr><w:tr>${cell("c")}${cell("d")}</w:tr></w:tbl>`,
  ].join("");
  assert.deepEqual(await linesOf("a.docx", docxOf(body)), [
    ...["2# Terms & rules", "You may cancel.", "- one\na | b\nc | d"],
  ]);
});

Deno.test("the rows of a table name their columns, whatever separates them", async () => {
  const rows = ["r2: Name: Oil; Price: 5", 'r3: Name: "big" tyre; x; Price: 7'];
  assert.deepEqual(await linesOf("a.csv", 'Name,Price\r\nOil,5\r\n"""big"" tyre; x",7\r\n'), rows);
  assert.deepEqual(await linesOf("a.csv", 'Name;Price\nOil;5\n\n"""big"" tyre; x";7'), [
    ...[rows[0], 'r4: Name: "big" tyre; x; Price: 7'],
  ]);
  assert.deepEqual(await linesOf("a.csv", "just one line"), ["r1: just one line"]);
});

Deno.test("what cannot be read is refused with its reason", async () => {
  const lying = zipSync({ "word/document.xml": new Uint8Array(60 * 1024 * 1024).fill(97) });
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["a.pdf", bytes("%PDF-1.4 junk"), /is not a PDF that can be read/],
    ["a.pdf", new Uint8Array(), /is not a PDF that can be read/],
    ["a.pdf", pdfOf([[]]), /holds no text: pages that were scanned/],
    ["a.docx", bytes("PK junk"), /is not a Word document/],
    ["a.docx", zipSync({ "other.xml": bytes("x") }), /is not a Word document \(\.docx\)/],
    ["a.docx", lying, /holds more text than a document may/],
    ["a.txt", new Uint8Array([0, 1, 2, 255]), /is not text/],
    ["a.md", bytes(" \n\n "), /holds no text/],
    ["a.exe", bytes("MZ"), /is of no known kind/],
  ];
  for (const [name, content, reason] of cases) {
    await assert.rejects(readDocument(name, content), { name: "UnreadableFile", message: reason });
  }
});

Deno.test("broken and hostile files are read or refused, and never throw anything else", async () => {
  const good: Readonly<Record<string, Uint8Array>> = {
    "a.pdf": pdfOf([["one"], ["two"]]),
    "a.docx": docxOf("<w:p><w:r><w:t>one</w:t></w:r></w:p>"),
    "a.html": bytes("<p>one<p>two<table><td>"),
    "a.csv": bytes('a,b\n"1,2'),
    "a.md": bytes("# a\n```\nb"),
  };
  let random = 7;
  const next = () => random = (random * 16807) % 2147483647;
  for (const [name, content] of Object.entries(good)) {
    for (let round = 0; round < 40; round++) {
      const spoilt = content.slice(0, 1 + next() % content.length);
      for (let at = 0; at < 5; at++) spoilt[next() % spoilt.length] = next() % 256;
      const blocks = await readDocument(name, spoilt).catch((error) => {
        assert.equal(error.name, "UnreadableFile", `${name}: ${error.stack}`);
        return [];
      });
      assert.equal(toPassages(name, blocks).length > 0, blocks.length > 0);
    }
  }
});

Deno.test("the time to read a long line grows with its length, and not with the square", async () => {
  const monsters = ["**a ", "[", "![](", "<!--", "`a", " | ", "- ", "# ", "# a  ", "__a "];
  for (const monster of monsters) {
    const begun = performance.now();
    for (const name of ["a.md", "a.html", "a.csv", "a.txt"]) {
      toPassages(name, await readDocument(name, bytes(`x${monster.repeat(20_000)}x`)));
    }
    assert.ok(performance.now() - begun < 5000, monster);
  }
});
