import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AudioFormat,
  encodeBase64,
  isBase64,
  SILENCE_BYTE,
} from "../../../src/utils/audio/audioFormat.ts";
import { FLOOR_DB, levelsOfBytes } from "../../../src/utils/audio/audioLevel.ts";
import { levelsOf } from "../../support/trials/levels.ts";
import { samplesToBytes } from "../../../src/utils/audioTranscode.ts";
import { A_LAW, decodeG711, encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { createResampler } from "../../../src/utils/audio/resampler.ts";
import {
  framesOf,
  levelOfPcm16,
  readRecording,
  RECORDINGS,
  sine,
} from "../../support/trials/speechFixture.ts";

const SILENT_LEVELS = { levelDb: FLOOR_DB, differenceDb: FLOOR_DB };
const FORMATS = ["pcmu", "pcma", "pcm24k"] as const;

Deno.test("levelsOf() is 0 dB for a full-scale square wave and -3 for a sine", () => {
  assert.equal(level("pcm24k", new Int16Array(160).fill(-32768)), 0);
  const tone = Int16Array.from(sine({ hz: 500, rateHz: 8_000, length: 160, amplitude: 32_767 }));
  assert.ok(Math.abs(level("pcm24k", tone) + 3.01) < 0.01);
  assert.equal(level("pcm24k", new Int16Array(160)), -96);
  assert.equal(levelsOf("", "pcm24k"), undefined);
});

Deno.test("levelsOfBytes() measures whole samples, in memory of any length", () => {
  const memory = new Uint8Array(7).fill(0x80);
  memory.set([0, 0x80, 0, 0x80], 2);
  for (const length of [4, 5]) {
    const { levelDb } = levelsOfBytes(memory.subarray(2), length, "pcm24k");
    assert.equal(levelDb, 0);
  }
});

for (const format of FORMATS) {
  const rateHz = format === "pcm24k" ? 24_000 : 8_000;

  Deno.test(`levelsOf() follows human speech in ${format}`, () => {
    const errors = RECORDINGS.flatMap((name) => {
      const samples = createResampler(16_000, rateHz).process(readRecording(name));
      return framesOf(samples, rateHz / 50).flatMap((frame) => {
        const exactDb = levelOfPcm16(audible(format, frame));
        // Quieter than this lies the last step of A-law.
        return exactDb < -57 ? [] : [Math.abs(level(format, frame) - exactDb)];
      });
    }).sort((a, b) => a - b);
    assert.ok(errors.length > 700);
    assert.ok(errors[Math.floor(errors.length * 0.95)]! < 1, "one frame in twenty is off by 1 dB");
    assert.ok(errors.at(-1)! < 2.5, `one frame is off by ${errors.at(-1)} dB`);
  });

  Deno.test(`levelsOf() follows tones of any pitch and loudness in ${format}`, () => {
    for (const hz of [100, 350, 440, 697, 941, 1_000, 1_336, 1_477, 2_000, 2_667, 3_300]) {
      for (const amplitude of [100, 1_000, 10_000, 32_000]) {
        for (const phase of [0, 1, 2]) {
          const frame = Int16Array.from(
            sine({ hz, rateHz, length: rateHz / 50, amplitude, phase }),
          );
          const exactDb = levelOfPcm16(audible(format, frame));
          const levelDb = level(format, frame);
          const off = `${hz} Hz at ${amplitude}: ${levelDb} for ${exactDb}`;
          assert.ok(Math.abs(levelDb - exactDb) < 1.5, off);
        }
      }
    }
  });

  Deno.test(`levelsOf() is -96 dB for silence in ${format}`, () => {
    for (const bytes of [160, 161, 162, 960]) {
      const silence = encodeBase64(new Uint8Array(bytes).fill(SILENCE_BYTE[format]));
      assert.deepEqual(levelsOf(silence, format), SILENT_LEVELS);
    }
  });

  Deno.test(`levelsOf() measures any base64, of any length, as ${format}, and nothing else`, () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (bytes) => {
      const levelDb = levelsOf(encodeBase64(bytes), format)?.levelDb;
      assert.ok(levelDb !== undefined && levelDb >= -96 && levelDb <= 0, `${levelDb}`);
    }));
    const long = encodeBase64(new Uint8Array(20_001).fill(SILENCE_BYTE[format]));
    assert.deepEqual(levelsOf(long, format), SILENT_LEVELS);
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
      assert.equal(levelsOf(text, format) !== undefined, isBase64(text));
    }));
    for (const text of ["AAA", "AA=A", "AAAA\n", "AA A", "AAA\n", "AA-_", "AA==AAAA", " AAA"]) {
      assert.equal(levelsOf(text, format), undefined, JSON.stringify(text));
    }
  });
}

function level(format: AudioFormat, samples: Int16Array): number {
  return levelsOf(encoded(format, samples), format)?.levelDb ?? NaN;
}

function encoded(format: AudioFormat, samples: Int16Array): string {
  if (format === "pcm24k") return encodeBase64(samplesToBytes(new Int16Array(samples)));
  return encodeBase64(encodeG711(format === "pcmu" ? MU_LAW : A_LAW, samples));
}

/** What the encoding leaves of the samples. */
function audible(format: AudioFormat, samples: Int16Array): Int16Array {
  if (format === "pcm24k") return samples;
  const law = format === "pcmu" ? MU_LAW : A_LAW;
  return decodeG711(law, encodeG711(law, samples));
}
