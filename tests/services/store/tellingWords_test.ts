import assert from "node:assert/strict";
import { tellingWords } from "../../../src/services/store/knowledge/tellingWords.ts";

Deno.test("the rarest words are looked for, and frequent ones as long as it takes no time", () => {
  const words = ["service", "tow", "gone", "the", "garage"];
  assert.deepEqual(tellingWords(words, [2400, 10, 0, -1, 200]), {
    known: ["tow", "garage"],
    unknown: ["gone"],
  });
  assert.deepEqual(tellingWords(["service"], [100_000]).known, ["service"]);
  assert.deepEqual(tellingWords(["a", "b"], [1000, 1000]).known, ["a", "b"]);
});
