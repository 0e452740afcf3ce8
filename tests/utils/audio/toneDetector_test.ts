import assert from "node:assert/strict";
import { musicAudio, ringbackAudio, toneAudio } from "../../../src/sim/twilio/callee/sounds.ts";
import { decodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { createResampler } from "../../../src/utils/audio/resampler.ts";
import { type Tone, ToneDetector } from "../../../src/utils/audio/toneDetector.ts";
import { noise, readRecording, RECORDINGS } from "../../support/trials/speechFixture.ts";

/** All tones in the samples, and one that goes on at their end. */
function tonesIn(samples: Int16Array): Tone[] {
  const detector = new ToneDetector();
  const tones: Tone[] = [];
  for (let at = 0; at < samples.length; at += 160) {
    const tone = detector.hear(samples.subarray(at, at + 160));
    if (tone !== undefined) tones.push(tone);
  }
  return detector.sounding === undefined ? tones : [...tones, detector.sounding];
}

function phone(audio: Uint8Array): Int16Array {
  return decodeG711(MU_LAW, audio);
}

function noisy(samples: Int16Array, amplitude: number): Int16Array {
  const hiss = noise(samples.length, amplitude);
  return samples.map((sample, i) => sample + hiss[i]!);
}

for (const hz of [440, 600, 800, 1_000, 1_400, 2_100]) {
  Deno.test(`ToneDetector finds a beep of ${hz} Hz, its frequency and length, in noise`, () => {
    const gap = new Int16Array(4_000);
    const beep = phone(toneAudio({ hz, ms: 350, levelDb: -20 }));
    const line = noisy(Int16Array.from([...gap, ...beep, ...gap]), 300);
    const [tone, ...more] = tonesIn(line);
    assert.deepEqual(more, []);
    assert.ok(tone !== undefined && Math.abs(tone.hz - hz) < 0.03 * hz, Deno.inspect(tone));
    assert.ok(Math.abs(tone.ms - 350) <= 20, Deno.inspect(tone));
  });
}

for (const name of RECORDINGS) {
  Deno.test(`ToneDetector finds no tone in the speech of ${name}`, () => {
    const samples = createResampler(16_000, 8_000).process(readRecording(name));
    assert.deepEqual(tonesIn(samples), []);
  });
}

Deno.test("ToneDetector finds no tone in ringing, keys, music, noise and silence", () => {
  const keys = toneAudio({ hz: [770, 1_336], ms: 300 });
  for (const audio of [ringbackAudio(3_000), keys, musicAudio(10_000)]) {
    assert.deepEqual(tonesIn(phone(audio)), []);
  }
  assert.deepEqual(tonesIn(noise(16_000, 8_000)), []);
  assert.deepEqual(tonesIn(new Int16Array(16_000)), []);
});

Deno.test("ToneDetector tells apart tones that follow each other", () => {
  const tones = [950, 1_400, 1_800].map((hz) => phone(toneAudio({ hz, ms: 330 })));
  const found = tonesIn(Int16Array.from(tones.flatMap((tone) => [...tone])));
  assert.deepEqual(found.map(({ hz }) => Math.round(hz / 50) * 50), [950, 1_400, 1_800]);
});
