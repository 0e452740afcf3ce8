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
      ["a hundred dollars", "$100"],
      ["one dollar", "$1"],
      ["120 €", "120 Euro"],
      ["3,5 Prozent", "3.50 Prozent"],
      ["1.500 Euro", "1,500 euros"],
      ["€1.234.567,50", "1234567.5 euros"],
      ["1, 2, 3", "1,2,3"],
      ["minus five degrees", "-5 degrees"],
      ["don’t", "Don't"],
      ["Zweiundvierzig Gäste", "42 gaste"],
      ["dreißig, hundertfünf", "30 105"],
      ["zwölftausenddreihundertsechsundfünfzig", "12356"],
      ["eintausendundeins", "1.001"],
      ["Café", "cafe"],
      ["Guten Tag, Frau Müller.", "guten tag frau muller"],
    ] as const
  ) assert.deepEqual(plainWords(one), plainWords(other), one);
});

Deno.test("plainWords() leaves digits that are read one by one, and words between numbers", () => {
  assert.deepEqual(plainWords("four one five"), ["4", "1", "5"]);
  assert.deepEqual(plainWords("twenty ten"), ["20", "10"]);
  assert.deepEqual(plainWords("one and two"), ["1", "and", "2"]);
  assert.deepEqual(plainWords("twenty. One moment"), ["20", "1", "moment"]);
  assert.deepEqual(plainWords("one hundred, five people"), ["100", "5", "people"]);
  assert.deepEqual(
    plainWords("between one hundred and two hundred dollars"),
    ["between", "100", "and", "200", "dollars"],
  );
  assert.deepEqual(plainWords("per hundred"), ["per", "hundred"]);
  assert.deepEqual(plainWords("Hund und Wunder"), ["hund", "und", "wunder"]);
  assert.deepEqual(plainWords("今日は晴れです").join(""), "今日は晴れです");
});

Deno.test("plainWords() keeps apart what sounds different", () => {
  for (
    const [one, other] of [
      ["3,5 Prozent", "35 Prozent"],
      ["12,50", "1250"],
      ["-5 degrees", "5 degrees"],
      ["1,500", "1.5"],
      ["100", "10.0"],
    ] as const
  ) assert.notDeepEqual(plainWords(one), plainWords(other), one);
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
