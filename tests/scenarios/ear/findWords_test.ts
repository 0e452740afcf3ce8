import assert from "node:assert/strict";
import { findWords, plainWords } from "../../../src/scenarios/ear/findWords.ts";

Deno.test("plainWords() makes what is spoken and what is written the same", () => {
  for (
    const [one, other] of [
      ["Forty-two dollars, please!", "$42 please"],
      ["one hundred and twenty euros", "€120"],
      ["two thousand five hundred", "2,500"],
      ["one thousand and one", "1001"],
      ["nineteen", "19"],
      ["Café", "cafe"],
      ["Guten Tag, Frau Müller.", "guten tag frau muller"],
    ] as const
  ) assert.deepEqual(plainWords(one), plainWords(other), one);
});

Deno.test("plainWords() leaves digits that are read one by one, and words between numbers", () => {
  assert.deepEqual(plainWords("four one five"), ["4", "1", "5"]);
  assert.deepEqual(plainWords("twenty ten"), ["20", "10"]);
  assert.deepEqual(plainWords("one and two"), ["1", "and", "2"]);
  assert.deepEqual(plainWords("a hundred reasons"), ["a", "hundred", "reasons"]);
  assert.deepEqual(plainWords("今日は晴れです").join(""), "今日は晴れです");
});

Deno.test("findWords() takes a number's time from its first word to its last", () => {
  const words = ["It", "is", "one", "hundred", "and", "five", "dollars."].map((text, index) => ({
    text,
    fromMs: index * 100,
    toMs: index * 100 + 90,
  }));
  assert.deepEqual(findWords("105 dollars", words), { fromMs: 200, toMs: 690 });
  assert.equal(findWords("five dollars", words), undefined);
  assert.deepEqual(findWords("it is", words, 50), undefined);
});
