import assert from "node:assert/strict";
import { toPassages } from "../../../src/services/knowledge/reading/passages.ts";
import type { Block } from "../../../src/services/knowledge/reading/block.ts";

const heading = (level: number, text: string): Block => ({ kind: "heading", level, text });
const text = (words: string): Block => ({ kind: "text", text: words });

Deno.test("a passage knows its headings, and none goes across one", () => {
  const passages = toPassages("faq.md", [
    text("Before."),
    heading(1, "FAQ"),
    heading(2, "Opening hours"),
    text("From 9 to 5."),
    heading(3, "Holidays"),
    text("Closed."),
    heading(2, "Parking"),
  ]);
  assert.deepEqual(passages.map(({ source, text }) => [source, text]), [
    ["faq.md", "Before."],
    ["faq.md > FAQ > Opening hours", "From 9 to 5."],
    ["faq.md > FAQ > Opening hours > Holidays", "Closed."],
    ["faq.md > FAQ > Parking", "Parking"],
  ]);
});

Deno.test("the title of a web page stands above its headings", () => {
  const passages = toPassages("a.html", [
    heading(0, "Shop"),
    heading(1, "Hours"),
    text("Daily."),
    heading(0, "Second title"),
  ]);
  assert.deepEqual(passages.map(({ source, text }) => [source, text]), [
    ["a.html > Shop > Hours", "Daily."],
    ["a.html > Second title", "Second title"],
  ]);
});

Deno.test("pages and rows are told, and rows stand together", () => {
  const rows = Array.from({ length: 12 }, (_, at): Block => ({
    kind: "row",
    row: at + 2,
    text: `Name: part ${at}; Price: ${at} euro; Delivery: within three working days`,
  }));
  const passages = toPassages("list.csv", rows);
  assert.equal(passages[0]?.source, "list.csv, rows 2-7");
  assert.equal(passages[1]?.source, "list.csv, rows 8-13");
  assert.equal(passages[0]?.text.split("\n").length, 6);
  assert.deepEqual(
    toPassages("a.pdf", [
      { kind: "page", page: 3 },
      text("x"),
      { kind: "page", page: 4 },
      text("y"),
    ])
      .map(({ source }) => source),
    ["a.pdf, page 3", "a.pdf, page 4"],
  );
});

Deno.test("long text is cut at sentences into passages of 120 words at most, and nothing is lost", () => {
  const sentences = Array.from(
    { length: 100 },
    (_, at) => `This is sentence number ${at} of many.`,
  );
  const passages = toPassages("a.txt", [text(sentences.join(" "))]);
  assert.ok(passages.length > 5);
  for (const { text } of passages) {
    assert.ok(text.split(/\s+/).length <= 120, text);
    assert.match(text, /^This is.*of many\.$/s);
  }
  assert.equal(
    passages.map(({ text }) => text).join(" ").replaceAll("\n", " "),
    sentences.join(" "),
  );

  const unbroken = ["word ".repeat(5000), "語".repeat(5000), "x".repeat(5000)];
  for (const monster of unbroken) {
    const cut = toPassages("a.txt", [text(monster)]);
    for (const { text } of cut) assert.ok(text.length <= 800);
    const letters = (all: string) => all.replace(/\s/g, "");
    assert.equal(letters(cut.map(({ text }) => text).join("")), letters(monster));
  }
});

Deno.test("a document of too many passages is refused", () => {
  const blocks = Array.from({ length: 20_001 }, (_, at) => [heading(1, `h${at}`), text("t")])
    .flat();
  assert.throws(() => toPassages("a.md", blocks), /is too long: 20000 passages/);
});
