import assert from "node:assert/strict";
import { judgeLoudness } from "../../../src/web/audio/loudness.ts";

/** Frames of a voice that pauses half of the time. */
function voice(level: number): readonly ArrayBuffer[] {
  return Array.from({ length: 150 }, (_, frame) => {
    const peak = frame % 20 < 10 ? level : 10;
    return Int16Array.from({ length: 480 }, (_, i) => peak * Math.sin(i / 5)).buffer;
  });
}

for (
  const [level, verdict] of [[0, "silent"], [20, "silent"], [300, "quiet"], [6000, "good"]] as const
) {
  Deno.test(`a voice of the level ${level} is ${verdict}`, () =>
    assert.equal(judgeLoudness(voice(level)), verdict));
}

Deno.test("a voice that is cut off at the top is distorted, and no sound at all is silent", () => {
  const clipped = voice(60_000).map((frame) =>
    Int16Array.from(
      new Int16Array(frame),
      (sample, i) => Math.abs(sample) > 100 ? i % 2 === 0 ? 32_767 : -32_767 : sample,
    ).buffer
  );
  assert.equal(judgeLoudness(clipped), "distorted");
  assert.equal(judgeLoudness([]), "silent");
});
