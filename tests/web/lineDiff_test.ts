import assert from "node:assert/strict";
import fc from "fast-check";
import { folded, lineDiff } from "../../src/web/agents/lineDiff.ts";

const shown = (before: string, after: string) =>
  lineDiff(before, after).map(({ kind, text }) =>
    `${kind === "gone" ? "-" : kind === "new" ? "+" : " "}${text}`
  );

Deno.test("lineDiff() finds the fewest lines that differ", () => {
  assert.deepEqual(shown("a\nb\nc\n", "a\nx\nc\ny\n"), [" a", "-b", "+x", " c", "+y"]);
  assert.deepEqual(shown("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n").length, 9);
  assert.deepEqual(shown("a\r\nb\r\n", "a\nb"), [" a", " b"]);
});

Deno.test("lineDiff() makes one text of any other, also where nearly all of it differs", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", ""), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(text, text, (before, after) => {
    const lines = lineDiff(`${before.join("\n")}\n`, `${after.join("\n")}\n`);
    const without = (kind: string) =>
      lines.filter((line) => line.kind !== kind).map(({ text }) => text);
    assert.deepEqual(without("new"), before);
    assert.deepEqual(without("gone"), after);
  }));
  const long = (word: string) => Array.from({ length: 3000 }, (_, at) => `${word}${at}`).join("\n");
  assert.equal(lineDiff(long("a"), long("b")).length, 6000);
});

Deno.test("folded() leaves three lines around a change", () => {
  const lines = Array.from({ length: 20 }, (_, at) => `${at}`);
  const pieces = folded(lineDiff(lines.join("\n"), lines.with(10, "x").join("\n")));
  assert.deepEqual(
    pieces.map((piece) => piece.kind === "folded" ? piece.lines.length : piece.text),
    [7, "7", "8", "9", "10", "x", "11", "12", "13", 6],
  );
});
