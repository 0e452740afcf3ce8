import assert from "node:assert/strict";
import { lineTone, lineToneNames } from "../../../src/sim/sound/lineTones.ts";
import { levelsOfBytes } from "../../../src/utils/audio/audioLevel.ts";
import { BusyToneDetector } from "../../../src/utils/audio/busyToneDetector.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { telephoneSpeech } from "../../support/trials/holdTrial.ts";

/** After how many milliseconds it is found, if it is. */
function foundAfter(samples: Int16Array): number | undefined {
  const detector = new BusyToneDetector();
  const bytes = encodeG711(MU_LAW, samples);
  for (let at = 0; at + 160 <= bytes.length; at += 160) {
    const { levelDb } = levelsOfBytes(bytes.subarray(at, at + 160), 160, "pcmu");
    if (detector.hear(levelDb, 20)) return (at + 160) / 8;
  }
  return undefined;
}

/** With noise at some 25 dB below the tones, from a place within a frame. */
function onNoisyLine(samples: Int16Array, shift: number): Int16Array {
  let state = 1;
  return samples.slice(shift).map((sample) => {
    state = (state * 48_271) % 2_147_483_647;
    return sample + (state / 2_147_483_647 - 0.5) * 500;
  });
}

for (const name of lineToneNames) {
  const isBusy = name.startsWith("busy");
  Deno.test(`${name} is ${isBusy ? "found within 10 s" : "no busy tone"}`, () => {
    for (const shift of [0, 37, 100]) {
      const ms = foundAfter(onNoisyLine(lineTone(name, 40_000), shift));
      assert.equal(ms !== undefined && ms >= 8000 && ms <= 10_000, isBusy, `${ms}`);
    }
  });
}

Deno.test("speech and silence are no busy tone", () => {
  const parts = telephoneSpeech().map(({ sound }) => [...sound]);
  const speech = Int16Array.from([...parts, ...parts].flat());
  assert.equal(foundAfter(speech), undefined);
  assert.equal(foundAfter(new Int16Array(160_000)), undefined);
});

Deno.test("bursts of uneven lengths or levels are no busy tone", () => {
  const burst = (ms: number, level: number) => {
    const tone = lineTone("dial", ms);
    return [...tone.map((sample) => sample * level), ...new Int16Array(4000)];
  };
  const uneven = Array.from({ length: 30 }, (_, i) => burst(i % 3 === 0 ? 640 : 500, 1)).flat();
  assert.equal(foundAfter(Int16Array.from(uneven)), undefined);
  const beats = Array.from({ length: 30 }, (_, i) => burst(500, i % 2 === 0 ? 1 : 0.5)).flat();
  assert.equal(foundAfter(Int16Array.from(beats)), undefined);
});
