import assert from "node:assert/strict";
import fc from "fast-check";
import type { AudioFormat } from "../../src/utils/audio/audioFormat.ts";
import {
  createSampleReader,
  createTranscoder,
  samplesToBytes,
} from "../../src/utils/audioTranscode.ts";
import { A_LAW, decodeG711, encodeG711, MU_LAW } from "../../src/utils/audio/g711.ts";
import { levelOfPcm16, sine } from "../support/trials/speechFixture.ts";

const FRAME_BYTES = { pcmu: 160, pcma: 160, pcm24k: 960 } as const;
const FORMATS = ["pcmu", "pcma", "pcm24k"] as const;

for (const from of FORMATS) {
  for (const to of FORMATS) {
    Deno.test(`createTranscoder() turns 20 ms of ${from} into 20 ms of ${to}, every time`, () => {
      const transcode = createTranscoder(from, to);
      for (let frame = 0; frame < 50; frame++) {
        assert.equal(transcode(new Uint8Array(FRAME_BYTES[from])).length, FRAME_BYTES[to]);
      }
      assert.equal(transcode(new Uint8Array()).length, 0);
    });

    Deno.test(`createTranscoder() keeps a tone's level from ${from} to ${to}`, () => {
      const heard = samplesOf(to, createTranscoder(from, to)(toneIn(from)));
      const settled = heard.subarray(heard.length / 10);
      const levelDb = levelOfPcm16(settled);
      assert.ok(Math.abs(levelDb - TONE_DB) < 0.1, `${levelDb} dB`);
      assert.equal(dominantHz(settled, to === "pcm24k" ? 24_000 : 8_000), 1_000);
    });
  }
}

Deno.test("case 15: createTranscoder() passes bytes through untouched when nothing changes", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  for (const format of FORMATS) assert.equal(createTranscoder(format, format)(bytes), bytes);
});

Deno.test("case 15: createTranscoder() gives the same when frames are cut in the middle of a sample", () => {
  const tone = toneIn("pcm24k");
  const whole = createTranscoder("pcm24k", "pcmu")(tone);
  const cuts = fc.array(fc.integer({ min: 0, max: 999 }), { maxLength: 20 });
  fc.assert(
    fc.property(cuts, (lengths) => {
      const transcode = createTranscoder("pcm24k", "pcmu");
      const pieces: number[] = [];
      let start = 0;
      for (const length of lengths) {
        pieces.push(...transcode(tone.subarray(start, start + length)));
        start += length;
      }
      pieces.push(...transcode(tone.subarray(start)));
      assert.deepEqual(Uint8Array.from(pieces), whole);
    }),
    { numRuns: 50 },
  );
});

Deno.test("case 15: createTranscoder() keeps two streams apart", () => {
  const alone = createTranscoder("pcmu", "pcm24k");
  const beside = createTranscoder("pcmu", "pcm24k");
  const other = createTranscoder("pcmu", "pcm24k");
  const tone = toneIn("pcmu");
  for (let start = 0; start < 1_600; start += 160) {
    const frame = tone.subarray(start, start + 160);
    other(new Uint8Array(160));
    assert.deepEqual(beside(frame), alone(frame));
  }
});

Deno.test("case 15: createSampleReader() reads little-endian samples across any cut", () => {
  const samples = fc.int16Array({ maxLength: 50 });
  fc.assert(fc.property(samples, fc.nat(100), fc.nat(100), (sent, one, two) => {
    const bytes = samplesToBytes(new Int16Array(sent));
    const [first, second] = [Math.min(one, two), Math.max(one, two)];
    const read = createSampleReader();
    const parts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
    assert.deepEqual(parts.flatMap((part) => [...read(part)]), [...sent]);
  }));
  assert.deepEqual([...createSampleReader()(Uint8Array.of(0x34, 0x12, 0xff, 0xff))], [0x1234, -1]);
});

const AMPLITUDE = 10_000;
const TONE_DB = 20 * Math.log10(AMPLITUDE / Math.SQRT2 / 32768);

/** A second of 1 kHz. */
function toneIn(format: AudioFormat): Uint8Array {
  const rateHz = format === "pcm24k" ? 24_000 : 8_000;
  const tone = Int16Array.from(
    sine({ hz: 1_000, rateHz, length: rateHz, amplitude: AMPLITUDE }),
    Math.round,
  );
  if (format === "pcm24k") return samplesToBytes(tone);
  return encodeG711(format === "pcmu" ? MU_LAW : A_LAW, tone);
}

function samplesOf(format: AudioFormat, bytes: Uint8Array): Int16Array {
  if (format === "pcm24k") return createSampleReader()(bytes);
  return decodeG711(format === "pcmu" ? MU_LAW : A_LAW, bytes);
}

function dominantHz(samples: Int16Array, rateHz: number): number {
  let rises = 0;
  for (let n = 1; n < samples.length; n++) if (samples[n - 1]! < 0 && samples[n]! >= 0) rises++;
  return Math.round(rises / (samples.length / rateHz) / 10) * 10;
}
