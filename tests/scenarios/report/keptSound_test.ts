import assert from "node:assert/strict";
import { type HeardCall, KeptSound } from "../../../src/scenarios/report/keptSound.ts";

Deno.test("where there is too much sound, that of runs that failed stays, and of the others the first", () => {
  const second = 16_000;
  const kept = new KeptSound(3 * second);
  for (const [index, isFailed] of [false, false, false, true, true].entries()) {
    kept.keep(index, [callOf(1000)], isFailed);
  }
  assert.deepEqual([0, 1, 2, 3, 4].map((index) => kept.of(index) !== undefined), [
    true,
    false,
    false,
    true,
    true,
  ]);
  kept.keep(5, [], true);
  assert.equal(kept.of(5), undefined);
  assert.equal(kept.of(3)?.[0]?.agent[80], 0x12);
  assert.equal(kept.of(3)?.[0]?.caller.length, 8000);
});

function callOf(endMs: number): HeardCall {
  return {
    heard: [{ atMs: 10, audio: new Uint8Array(160).fill(0x12) }],
    said: [],
    format: "pcmu",
    evidence: { endMs },
  };
}
