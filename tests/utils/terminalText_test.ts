import assert from "node:assert/strict";
import { terminalText } from "../../src/utils/terminalText.ts";

Deno.test("text of others keeps its words, and nothing that a terminal obeys or that turns text", () => {
  assert.equal(terminalText("a\tb\nc ü 漢 🎉", { kept: "\n\t" }), "a\tb\nc ü 漢 🎉");
  assert.equal(
    terminalText("a\u001b[2J\u009b\r\u202e\u0000\u061c\u2029b", { by: "?", kept: "\n" }),
    "a?[2J??????b",
  );
  assert.equal(terminalText("a\r\nb\ud800"), "ab\ufffd");
  assert.equal(terminalText("a\u200bb\ufeff\u00ad\u{e0041}c 👩\u200d💻"), "abc 👩\u200d💻");
});
