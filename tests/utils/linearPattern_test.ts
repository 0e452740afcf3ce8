import assert from "node:assert/strict";
import { costlyPatterns, hostilePieces, hostileText } from "../support/trials/hostileTexts.ts";
import { LinearPattern } from "../../src/utils/linearPattern.ts";

Deno.test("finds what a regular expression finds as whole words, and nothing else", () => {
  const patterns = [
    "a+b",
    "(ab|c){2,3}",
    "[a-c]?\\d{2,4}",
    "a(b|cd?)*\\.1",
    "\\w+-\\d",
    "(?:a|ab|abc)c?",
    "[^ab] ?1+",
    "ä+\\s\\d",
  ];
  const random = randomOf(3);
  let matched = 0;
  for (const source of patterns) {
    const pattern = new LinearPattern(source);
    // Letters of all languages are letters.
    const known = source.replaceAll("\\w", "[\\p{L}\\p{N}_]");
    const whole = new RegExp(`^(?:${known})$`, "iu");
    const words = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${known})(?![\\p{L}\\p{N}_])`, "giu");
    for (let round = 0; round < 400; round++) {
      const text = Array.from({ length: 24 }, () => "aAbcd12 .-ä"[random(11)]).join("");
      const { found } = pattern.matches(text);
      for (const { from, to } of found) {
        const match = text.slice(from, to);
        assert.match(match, whole, `${source} in ${text}`);
        assert.doesNotMatch(text.slice(to - 1, to + 1), /^[\p{L}\p{N}_]{2}$/u, text);
      }
      for (const { 0: match, index } of text.matchAll(words)) {
        matched++;
        const covers = found.some(({ from, to }) => from <= index && to >= index + match.length);
        const covered = [...match].every((_, at) =>
          found.some(({ from, to }) => from <= index + at && to > index + at)
        );
        assert.ok(covers || covered, `${source} in ${text}: ${match}`);
      }
    }
  }
  assert.ok(matched > 200, `${matched}`);
});

Deno.test("tells where a match has begun that the text so far does not end", () => {
  const pattern = new LinearPattern("[A-Z]{2}-\\d{4}");
  const matches = (text: string) => {
    const { steps: _, ...matches } = pattern.matches(text);
    return matches;
  };
  assert.deepEqual(matches("no. ab-12"), { found: [], begunAt: 4 });
  assert.deepEqual(matches("no. ab-1234"), { found: [{ from: 4, to: 11 }], begunAt: 4 });
  assert.deepEqual(matches("no. ab-1234."), { found: [{ from: 4, to: 11 }] });
  assert.deepEqual(matches("no."), { found: [] });
});

Deno.test("a text takes at most as many steps for each character as the pattern costs", () => {
  for (const { pattern } of costlyPatterns) {
    const compiled = new LinearPattern(pattern);
    for (const piece of hostilePieces) {
      const { steps } = compiled.matches(hostileText(piece, 5000));
      assert.ok(
        steps > 0 && steps <= compiled.cost * 5000,
        `${pattern} in ${piece}: ${steps} steps`,
      );
    }
  }
});

/** A generator of whole numbers below a limit. */
function randomOf(seed: number) {
  let state = seed;
  return (limit: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(state / 65536) % limit;
  };
}
