import assert from "node:assert/strict";
import { encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";
import { levelsOf } from "../../support/trials/levels.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { QuietDetector } from "../../../src/utils/audio/quietDetector.ts";
import { createResampler } from "../../../src/utils/audio/resampler.ts";
import { framesOf, noise, readRecording, sine } from "../../support/trials/speechFixture.ts";

const SILENCE = new Float64Array(8_000);

Deno.test("a silent line is proven quiet once it has been for a second, a faint hiss too", () => {
  for (const line of [SILENCE, hiss(10), hiss(40)]) {
    const quiet = listen([line, line, line]);
    assert.deepEqual(new Set(quiet.slice(0, 50)), new Set([false]));
    assert.deepEqual(new Set(quiet.slice(50)), new Set([true]));
  }
});

Deno.test("noise in which words could hide is never quiet, however steady", () => {
  const loud = hiss(100);
  assert.ok(!listen(Array.from({ length: 20 }, () => loud)).includes(true));
});

Deno.test("a sound is not quiet from its first frame on, nor is what follows it at once", () => {
  for (const line of [SILENCE, hiss(20)]) {
    for (const amplitude of [60, 200, 3000]) {
      const sound = Float64Array.from(sine({ hz: 300, rateHz: 8_000, length: 160, amplitude }));
      const quiet = listen([line, line, mixed(line.subarray(0, 160), sound), line]);
      assert.equal(quiet[99], true);
      assert.deepEqual(quiet.slice(100, 116), Array.from({ length: 16 }, () => false));
      assert.deepEqual(new Set(quiet.slice(117)), new Set([true]), `${amplitude}`);
    }
  }
});

Deno.test("a fricative that adds nothing to the level of a hum is no quiet", () => {
  const hum = Float64Array.from(sine({ hz: 100, rateHz: 8_000, length: 8_000, amplitude: 35 }));
  const fricative = Float64Array.from(
    sine({ hz: 3_000, rateHz: 8_000, length: 480, amplitude: 14 }),
  );
  const quiet = listen([hum, hum, hum, mixed(hum.subarray(0, 480), fricative), hum]);
  assert.deepEqual(quiet.slice(140, 153), [...Array(10).fill(true), false, false, false]);
});

Deno.test("a voice that fades in over half a second is heard before it is loud enough for a detector", () => {
  const voice = createResampler(16_000, 8_000).process(readRecording("goforward"))
    .slice(4_000);
  for (const gain of [1, 0.1, 0.03]) {
    const soft = Float64Array.from(voice, (sample, i) => sample * gain * Math.min(1, i / 4_000));
    const line = hiss(20);
    const onset = listen([line, line, line, mixed(tiled(line, soft.length), soft)])
      .indexOf(false, 150);
    assert.ok(onset >= 150 && onset < 165, `frame ${onset} at ${gain}`);
  }
});

/** Whether each frame of what is heard on a line is quiet. */
function listen(parts: readonly Float64Array[]): boolean[] {
  const detector = new QuietDetector();
  return parts.flatMap((part) =>
    framesOf(Int16Array.from(part, Math.round), 160).map((frame) => {
      const levels = levelsOf(encodeBase64(encodeG711(MU_LAW, frame)), "pcmu");
      assert.ok(levels !== undefined);
      return detector.hear(levels, 20);
    })
  );
}

function hiss(amplitude: number): Float64Array {
  return Float64Array.from(noise(8_000, amplitude));
}

function mixed(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((sample, i) => sample + b[i]!);
}

function tiled(part: Float64Array, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => part[i % part.length]!);
}
