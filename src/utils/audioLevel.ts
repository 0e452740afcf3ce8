import type { AudioFormat, Base64 } from "./audioFormat.ts";
import { A_LAW, type G711Law, MU_LAW } from "./g711.ts";

/** What digital silence measures, and the least a level can be. */
export const FLOOR_DB = -96;

/**
 * Measures how loud a frame is, in dBFS: the root mean square against the largest amplitude, so a
 * full-scale square wave is 0 and a full-scale sine -3.
 *
 * Some of the samples are looked at, straight in the base64 text. Expects what `isBase64`
 * accepts; anything else gives some level in the same range, never an error.
 */
export function levelOf(base64: Base64, format: AudioFormat): number {
  switch (format) {
    case "pcmu":
      return levelOfG711(base64, MU_LAW_ENERGY);
    case "pcma":
      return levelOfG711(base64, A_LAW_ENERGY);
    case "pcm24k":
      return levelOfPcm24k(base64);
    default:
      return format satisfies never;
  }
}

/** Measures how loud samples are, exactly, in dBFS. */
export function levelOfPcm16(samples: Int16Array): number {
  let energy = 0;
  for (let i = 0; i < samples.length; i++) energy += samples[i]! * samples[i]!;
  return decibels(energy, samples.length);
}

const MU_LAW_ENERGY = energyOf(MU_LAW);
const A_LAW_ENERGY = energyOf(A_LAW);

/** The six bits that each base64 character stands for. */
const SIX_BITS = sixBitsByCharCode();

/**
 * Of each group of four characters, three bytes, one byte is read: the first, then the second, then
 * the third of the next. Always the first would be blind to tones in step with that rhythm.
 */
function levelOfG711(base64: Base64, energyByCode: Float64Array): number {
  let energy = 0;
  let count = 0;
  let at = 0;
  const end = wholeGroupsEnd(base64);
  for (let group = 0; group < end; group += 4) {
    const high = SIX_BITS[base64.charCodeAt(group + at) & 127]!;
    const low = SIX_BITS[base64.charCodeAt(group + at + 1) & 127]!;
    energy += energyByCode[((high << (2 + 2 * at)) | (low >> (4 - 2 * at))) & 255]!;
    count++;
    at = at === 2 ? 0 : at + 1;
  }
  return decibels(energy, count);
}

/** Eight characters hold three samples; the last three of them the third, low byte first. */
function levelOfPcm24k(base64: Base64): number {
  let energy = 0;
  let count = 0;
  const end = wholeGroupsEnd(base64) - 7;
  for (let group = 0; group < end; group += 8) {
    const a = SIX_BITS[base64.charCodeAt(group + 5) & 127]!;
    const b = SIX_BITS[base64.charCodeAt(group + 6) & 127]!;
    const c = SIX_BITS[base64.charCodeAt(group + 7) & 127]!;
    const sample = (((b << 30) | (c << 24)) >> 16) | ((a & 15) << 4) | (b >> 2);
    energy += sample * sample;
    count++;
  }
  return decibels(energy, count);
}

/** A padded last group would read as bytes that are not there. */
function wholeGroupsEnd(base64: Base64): number {
  const end = base64.length - (base64.length % 4);
  return base64.endsWith("=") ? end - 4 : end;
}

function decibels(energy: number, count: number): number {
  if (energy === 0) return FLOOR_DB;
  return Math.max(FLOOR_DB, 10 * Math.log10(energy / count / 32768 ** 2));
}

/** A-law has no code for zero: what it sends for silence must measure as silence. */
function energyOf(law: G711Law): Float64Array {
  const silence = law.decoded[law.encoded[0]!]!;
  return Float64Array.from(law.decoded, (sample) => sample ** 2 - silence ** 2);
}

function sixBitsByCharCode(): Uint8Array {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bits = new Uint8Array(128);
  for (let value = 0; value < alphabet.length; value++) bits[alphabet.charCodeAt(value)] = value;
  return bits;
}
