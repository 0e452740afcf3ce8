import { type AudioFormat, type Base64, base64ByteLength } from "./audioFormat.ts";
import { A_LAW, type G711Law, MU_LAW } from "./g711.ts";

/** The level of digital silence, and the minimum. */
export const FLOOR_DB = -96;

/**
 * Measures how loud a frame is, in dBFS: the root mean square against the largest amplitude, so a
 * full-scale square wave is 0 and a full-scale sine -3. Undefined where the text is not base64.
 */
export function levelOf(base64: Base64, format: AudioFormat): number | undefined {
  const length = base64ByteLength(base64);
  const { bytes, samples } = length <= scratch.bytes.length ? scratch : scratchOf(length);
  if (length === 0 || !decodes(base64, bytes, length)) return undefined;
  switch (format) {
    case "pcmu":
      return decibels(energyOfCodes(bytes, length, MU_LAW_ENERGY), length);
    case "pcma":
      return decibels(energyOfCodes(bytes, length, A_LAW_ENERGY), length);
    case "pcm24k":
      return decibels(energyOfSamples(samples, length >> 1), length >> 1);
    default:
      return format satisfies never;
  }
}

/** Frames are decoded into this buffer, one at a time, only to be measured. */
const scratch = scratchOf(4096);

const MU_LAW_ENERGY = energyOf(MU_LAW);
const A_LAW_ENERGY = energyOf(A_LAW);

function scratchOf(bytes: number) {
  const buffer = new ArrayBuffer(bytes + (bytes % 2));
  return { bytes: new Uint8Array(buffer), samples: new Int16Array(buffer) };
}

/** Stricter than the decoder, which skips white space and accepts missing padding. */
function decodes(base64: Base64, into: Uint8Array, length: number): boolean {
  if (base64.length % 4 !== 0) return false;
  try {
    return into.setFromBase64(base64).written === length;
  } catch {
    return false;
  }
}

function energyOfCodes(bytes: Uint8Array, count: number, energyByCode: Float64Array): number {
  let energy = 0;
  for (let i = 0; i < count; i++) energy += energyByCode[bytes[i]!]!;
  return energy;
}

function energyOfSamples(samples: Int16Array, count: number): number {
  let energy = 0;
  for (let i = 0; i < count; i++) energy += samples[i]! * samples[i]!;
  return energy;
}

function decibels(energy: number, count: number): number {
  if (energy === 0) return FLOOR_DB;
  return Math.max(FLOOR_DB, 10 * Math.log10(energy / count / 32768 ** 2));
}

/** A-law has no code for zero: its code for silence must measure as silence. */
function energyOf(law: G711Law): Float64Array {
  const silence = law.decoded[law.encoded[0]!]!;
  return Float64Array.from(law.decoded, (sample) => sample ** 2 - silence ** 2);
}
