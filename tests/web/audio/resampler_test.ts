import assert from "node:assert/strict";
import { createResampler } from "../../../src/web/audio/resampler.ts";

/** A second of a sine, half of full scale. */
function tone(hz: number, rateHz: number): Float32Array {
  return Float32Array.from(
    { length: rateHz },
    (_, i) => 0.5 * Math.sin(2 * Math.PI * hz * i / rateHz),
  );
}

/** Runs a stream through in frames of the given lengths, over and over. */
function convert(samples: Float32Array, fromHz: number, toHz: number, frames: readonly number[]) {
  const resample = createResampler(fromHz, toHz);
  const output: number[] = [];
  for (let i = 0, turn = 0; i < samples.length; turn++) {
    const length = frames[turn % frames.length] ?? 1;
    output.push(...resample(samples.subarray(i, i + length)));
    i += length;
  }
  return Float32Array.from(output);
}

/** The power of a frequency against that of everything else, in decibels. */
function signalToNoise(samples: Float32Array, hz: number, rateHz: number): number {
  const middle = samples.subarray(rateHz / 10, rateHz / 10 + Math.floor(rateHz / 2));
  let sine = 0;
  let cosine = 0;
  for (const [i, sample] of middle.entries()) {
    sine += sample * Math.sin(2 * Math.PI * hz * i / rateHz);
    cosine += sample * Math.cos(2 * Math.PI * hz * i / rateHz);
  }
  sine *= 2 / middle.length;
  cosine *= 2 / middle.length;
  let noise = 0;
  for (const [i, sample] of middle.entries()) {
    const angle = 2 * Math.PI * hz * i / rateHz;
    noise += (sample - sine * Math.sin(angle) - cosine * Math.cos(angle)) ** 2;
  }
  return 10 * Math.log10((sine ** 2 + cosine ** 2) / 2 / (noise / middle.length));
}

function levelDb(samples: Float32Array): number {
  const middle = samples.subarray(2000, samples.length - 2000);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  return 10 * Math.log10(power / 0.125);
}

for (const rateHz of [16_000, 44_100, 48_000, 96_000]) {
  Deno.test(`case 60: a microphone of ${rateHz} Hz is brought to 24 kHz, and speech stays clean`, () => {
    for (const hz of [300, 1000, 3400, 6000]) {
      const output = convert(tone(hz, rateHz), rateHz, 24_000, [128]);
      assert.ok(Math.abs(levelDb(output)) < 0.2, `${hz} Hz comes out at ${levelDb(output)} dB`);
      const clean = signalToNoise(output, hz, 24_000);
      assert.ok(clean > 70, `${hz} Hz: ${clean} dB`);
    }
  });
}

Deno.test("createResampler() keeps out what the lower rate cannot carry", () => {
  for (const hz of [13_500, 16_000, 20_000]) {
    const left = levelDb(convert(tone(hz, 48_000), 48_000, 24_000, [128]));
    assert.ok(left < -60, `${hz} Hz is left at ${left} dB`);
  }
});

Deno.test("createResampler() gives the same stream however it is cut", () => {
  const samples = tone(440, 44_100);
  const whole = convert(samples, 44_100, 24_000, [samples.length]);
  const cut = convert(samples, 44_100, 24_000, [1, 128, 7, 441, 64]);
  assert.ok(Math.abs(whole.length - 24_000) < 60, `${whole.length} samples`);
  assert.ok(Math.abs(cut.length - whole.length) <= 1, `${cut.length} samples`);
  const length = Math.min(cut.length, whole.length);
  const apart = cut.subarray(0, length).map((sample, i) => Math.abs(sample - (whole[i] ?? 0)));
  assert.ok(Math.max(...apart) < 1e-6, `${Math.max(...apart)} apart`);
});

Deno.test("createResampler() leaves samples alone when the rates are equal", () => {
  const samples = tone(440, 24_000);
  const output = createResampler(24_000, 24_000)(samples);
  assert.deepEqual(output, samples);
  assert.notEqual(output, samples);
});
