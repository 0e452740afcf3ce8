import assert from "node:assert/strict";
import { retryAfterMsIn } from "../../../src/services/openai/retryHint.ts";

Deno.test("case 85: when to try again is read from what the server says", () => {
  const sentences: readonly (readonly [string | undefined, number | undefined])[] = [
    ["Rate limit reached for the model on tokens per min. Please try again in 1s.", 1000],
    ["Please try again in 1.25s. Visit the page for more.", 1250],
    ["Please try again in 320ms.", 320],
    ["Please try again in 2m", 60_000],
    ["Please try again later.", undefined],
    ["try again in 99999999999s", undefined],
    ["", undefined],
    [undefined, undefined],
  ];
  for (const [sentence, ms] of sentences) assert.equal(retryAfterMsIn(sentence), ms, sentence);
});
