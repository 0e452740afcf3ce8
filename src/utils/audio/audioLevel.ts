import type { AudioFormat } from "./audioFormat.ts";
import { A_LAW, type G711Law, MU_LAW } from "./g711.ts";

/** The level of digital silence, and the minimum. */
export const FLOOR_DB = -96;

/**
 * How loud a frame is, in dBFS: the root mean square against the largest amplitude, so a full-scale square
 * wave is 0 and a full-scale sine -3.
 */
export interface AudioLevels {
  readonly levelDb: number;
  /** The same of the differences between neighbouring samples: fricatives stand out from hum in it. */
  readonly differenceDb: number;
}

/** Measures the first `length` bytes of a buffer, which begins at an even offset of its memory. */
export function levelsOfBytes(
  bytes: Uint8Array,
  length: number,
  format: AudioFormat,
): AudioLevels {
  switch (format) {
    case "pcmu":
      return levelsOfCodes(bytes, length, MU_LAW_SAMPLES, 0);
    case "pcma":
      return levelsOfCodes(bytes, length, A_LAW_SAMPLES, A_LAW_SILENCE);
    case "pcm24k":
      return levelsOfSamples(samplesOf(bytes), length >> 1);
    default:
      return format satisfies never;
  }
}

function samplesOf(bytes: Uint8Array): Int16Array {
  if (bytes !== measured) {
    measured = bytes;
    samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  }
  return samples;
}

/** The buffer that was measured last, and a view of it: most frames come in the same. */
let measured: Uint8Array = new Uint8Array(0);
let samples: Int16Array = new Int16Array(0);

/** Tables of doubles are read twice as fast as those of integers, which would have to be converted. */
const MU_LAW_SAMPLES = Float64Array.from(MU_LAW.decoded);
const A_LAW_SAMPLES = Float64Array.from(A_LAW.decoded);
/** A-law has no code for zero: its code for silence must measure as silence. */
const A_LAW_SILENCE = silenceOfLaw(A_LAW);

function levelsOfCodes(
  bytes: Uint8Array,
  count: number,
  sampleByCode: Float64Array,
  silence: number,
): AudioLevels {
  let energy = 0;
  let difference = 0;
  let before = sampleByCode[bytes[0]!]!;
  for (let i = 0; i < count; i++) {
    const sample = sampleByCode[bytes[i]!]!;
    const step = sample - before;
    energy += sample * sample;
    difference += step * step;
    before = sample;
  }
  return levels(energy - count * silence, difference, count);
}

function levelsOfSamples(samples: Int16Array, count: number): AudioLevels {
  let energy = 0;
  let difference = 0;
  let before = samples[0] ?? 0;
  for (let i = 0; i < count; i++) {
    const sample = samples[i]!;
    const step = sample - before;
    energy += sample * sample;
    difference += step * step;
    before = sample;
  }
  return levels(energy, difference, count);
}

function levels(energy: number, difference: number, count: number): AudioLevels {
  return { levelDb: decibels(energy / count), differenceDb: decibels(difference / count) };
}

function decibels(power: number): number {
  // Also for no sample at all.
  if (!(power > 0)) return FLOOR_DB;
  return Math.max(FLOOR_DB, 10 * Math.log10(power / 32768 ** 2));
}

function silenceOfLaw(law: G711Law): number {
  return law.decoded[law.encoded[0]!]! ** 2;
}
