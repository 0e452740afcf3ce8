import assert from "node:assert/strict";
import { CallerPlace } from "../../../src/services/recording/callerPlace.ts";

const RATE = 8000;

/** Frames of 20 ms by when they came; where each was put, in milliseconds. */
function placed(arrivals: readonly number[]): readonly number[] {
  const at = new Map<number, number>();
  const place = new CallerPlace(RATE, (from, audio) => at.set(audio[0]!, from / 8));
  arrivals.forEach((ms, index) => {
    place.add(new Uint8Array(160).fill(index), 160, ms * 8 - 160, ms);
  });
  place.close();
  return arrivals.map((_, index) => at.get(index) ?? NaN);
}

function steady(count: number, from: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => from + 20 * index);
}

Deno.test("frames that come unevenly follow each other without a gap", () => {
  const jitter = steady(100, 500).map((ms, index) => ms + (index * 37) % 45);
  assert.deepEqual(placed(jitter), steady(100, 480));
});

Deno.test("frames that were held up on their way stand where they would have been", () => {
  const before = steady(50, 500);
  // 700 ms of nothing, and then all at once.
  const heldUp = Array.from({ length: 35 }, () => 500 + 50 * 20 + 34 * 20);
  const after = steady(20, 500 + 85 * 20);
  assert.deepEqual(placed([...before, ...heldUp, ...after]), steady(105, 480));
});

Deno.test("where nothing was sent there is silence, as long as it lasted", () => {
  const expected = [...steady(50, 480), ...steady(80, 480 + 50 * 20 + 3000)];
  const arrivals = expected.map((ms) => ms + 20);
  assert.deepEqual(placed(arrivals), expected);
});

Deno.test("a sender of more than there is time for gets no further ahead than a second", () => {
  const flood = Array.from({ length: 250 }, () => 1000);
  const kept = placed(flood).filter((ms) => !Number.isNaN(ms));
  assert.ok(kept.length >= 50 && kept.length <= 102, `${kept.length} frames`);
});
