import assert from "node:assert/strict";
import fc from "fast-check";
import { createResampler } from "../../../src/utils/audio/resampler.ts";
import { noise, sine } from "../../support/trials/speechFixture.ts";

const AMPLITUDE = 10_000;

Deno.test("createResampler() keeps 1 kHz 150 dB above every error from 24 to 8 kHz", () => {
  assert.ok(resampleTone(24_000, 8_000, 1_000).snrDb > 150);
});

Deno.test("createResampler() keeps 3.4 kHz within 0.05 dB from 24 to 8 kHz", () => {
  assert.ok(Math.abs(resampleTone(24_000, 8_000, 3_400).gainDb) < 0.05);
  assert.ok(Math.abs(resampleTone(24_000, 8_000, 300).gainDb) < 0.05);
});

Deno.test("createResampler() leaves less than -85 dB of what would alias from 24 to 8 kHz", () => {
  for (const hz of [5_000, 6_000, 7_500, 9_000, 11_500]) {
    const { levelDb } = resampleTone(24_000, 8_000, hz);
    assert.ok(levelDb < -85, `${hz} Hz: ${levelDb} dB`);
  }
});

Deno.test("createResampler() keeps tones clear of their images from 8 to 24 kHz", () => {
  assert.ok(resampleTone(8_000, 24_000, 1_000).snrDb > 95);
  assert.ok(resampleTone(8_000, 24_000, 3_200).snrDb > 83);
  assert.ok(Math.abs(resampleTone(8_000, 24_000, 3_400).gainDb) < 0.05);
});

for (
  const [fromHz, toHz] of [
    [16_000, 24_000],
    [16_000, 8_000],
    [48_000, 24_000],
    [44_100, 24_000],
    [22_050, 16_000],
    [8_000, 44_100],
  ] as const
) {
  Deno.test(`createResampler() keeps tones clean from ${fromHz} to ${toHz} Hz`, () => {
    const { snrDb, gainDb } = resampleTone(fromHz, toHz, 1_000);
    assert.ok(snrDb > 95, `${snrDb} dB`);
    assert.ok(Math.abs(gainDb) < 0.01, `${gainDb} dB`);
  });
}

Deno.test("createResampler() gives frames of exactly 160 and 480 samples, without drift", () => {
  const down = createResampler(24_000, 8_000);
  const up = createResampler(8_000, 24_000);
  for (let frame = 0; frame < 500; frame++) {
    assert.equal(down.process(new Int16Array(480)).length, 160);
    assert.equal(up.process(new Int16Array(160)).length, 480);
  }
});

Deno.test("case 15: createResampler() gives the same samples however the stream is cut", () => {
  const rates = fc.constantFrom<[number, number]>(
    [24_000, 8_000],
    [8_000, 24_000],
    [16_000, 24_000],
    [44_100, 24_000],
  );
  const cuts = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 12 });
  fc.assert(
    fc.property(rates, cuts, ([fromHz, toHz], lengths) => {
      const samples = noise(9_000, AMPLITUDE);
      const whole = createResampler(fromHz, toHz).process(samples);
      const piecewise = createResampler(fromHz, toHz);
      const pieces: number[] = [];
      let start = 0;
      for (const length of lengths) {
        pieces.push(...piecewise.process(samples.slice(start, start + length)));
        start += length;
      }
      pieces.push(...piecewise.process(samples.slice(start)));
      assert.deepEqual(Int16Array.from(pieces), whole);
      assert.equal(whole.length, Math.ceil(samples.length * toHz / fromHz));
    }),
    { numRuns: 40 },
  );
});

Deno.test("createResampler() is late by two milliseconds at 8 kHz", () => {
  for (const [fromHz, toHz] of [[8_000, 24_000], [24_000, 8_000]] as const) {
    const click = new Float64Array(fromHz / 10);
    click[fromHz / 100] = AMPLITUDE;
    const heard = createResampler(fromHz, toHz).processFloat(click);
    const loudest = heard.indexOf(Math.max(...heard));
    assert.ok(Math.abs(loudest / toHz * 1000 - 12) < 0.13, `${loudest / toHz * 1000} ms`);
  }
});

Deno.test("createResampler() clips instead of wrapping round when a filter overshoots", () => {
  const square = Int16Array.from({ length: 800 }, (_, n) => n % 80 < 40 ? 32767 : -32768);
  const heard = createResampler(8_000, 24_000).process(square);
  assert.ok(heard.includes(32767) && heard.includes(-32768));
  // In the middle of each half wave the sign must be the input's; the delay is 48 samples.
  for (let n = 0; n < 640; n++) {
    const at = n % 80;
    if (at > 8 && at < 32) assert.ok(heard[3 * n + 48]! > 20_000);
    if (at > 48 && at < 72) assert.ok(heard[3 * n + 48]! < -20_000);
  }
});

Deno.test("createResampler() copies the samples when the rates are equal", () => {
  const samples = Int16Array.of(1, -2, 3);
  const heard = createResampler(8_000, 8_000).process(samples);
  assert.deepEqual(heard, samples);
  assert.notEqual(heard, samples);
});

Deno.test("createResampler() throws when a rate makes no sense", () => {
  for (
    const [fromHz, toHz] of [[0, 8_000], [8_000, -1], [8_000.5, 8_000], [NaN, 1], [47_999, 48_000]]
  ) assert.throws(() => createResampler(fromHz!, toHz!), RangeError, `${fromHz}:${toHz}`);
});

/** Sends a second of a tone through in 20 ms frames and compares it with its best fit. */
function resampleTone(fromHz: number, toHz: number, hz: number) {
  const { processFloat } = createResampler(fromHz, toHz);
  const tone = sine({ hz, rateHz: fromHz, length: fromHz, amplitude: AMPLITUDE });
  const heard: number[] = [];
  for (let start = 0; start < tone.length; start += fromHz / 50) {
    heard.push(...processFloat(tone.subarray(start, start + fromHz / 50)));
  }
  // The first tenth of a second holds the beginning of the tone, which is no sine.
  return fitTone(heard.slice(toHz / 10), hz, toHz);
}

function fitTone(samples: readonly number[], hz: number, rateHz: number) {
  const cosine = samples.map((_, n) => Math.cos(2 * Math.PI * hz * n / rateHz));
  const sines = samples.map((_, n) => Math.sin(2 * Math.PI * hz * n / rateHz));
  const cc = product(cosine, cosine);
  const ss = product(sines, sines);
  const cs = product(cosine, sines);
  const determinant = cc * ss - cs * cs;
  const c = (product(samples, cosine) * ss - product(samples, sines) * cs) / determinant;
  const s = (product(samples, sines) * cc - product(samples, cosine) * cs) / determinant;
  const fitted = samples.map((_, n) => c * cosine[n]! + s * sines[n]!);
  const error = samples.map((sample, n) => sample - fitted[n]!);
  return {
    snrDb: 10 * Math.log10(product(fitted, fitted) / product(error, error)),
    gainDb: 20 * Math.log10(Math.hypot(c, s) / AMPLITUDE),
    levelDb: 10 * Math.log10(product(samples, samples) / samples.length / (AMPLITUDE ** 2 / 2)),
  };
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, n) => sum + value * b[n]!, 0);
}
