import assert from "node:assert/strict";
import { coloured, withoutEscapes } from "../../../src/scenarios/report/terminal/paint.ts";

Deno.test("of what is printed a terminal obeys the command's own looks and lines alone", () => {
  const own = `\r\x1b[2K${coloured("bad", "failed")}\nnext\n`;
  assert.equal(withoutEscapes(own), own);
  assert.equal(withoutEscapes("a\x1b]0;pwned\x07b\x1b[2Jc\rd\x9be\u202ef"), "a]0;pwnedb[2Jcdef");
});
