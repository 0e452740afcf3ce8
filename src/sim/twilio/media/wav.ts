import { decodeG711, encodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { createResampler } from "../../../utils/audio/resampler.ts";
import { readSound } from "../../../utils/audio/wav.ts";

const headerBytes = 44;
const phoneHz = 8_000;

/** Writes mu-law as a WAV file that anything can play: PCM16, mono, 8 kHz. */
export function writeWav(mulaw: Uint8Array): Uint8Array<ArrayBuffer> {
  const samples = decodeG711(MU_LAW, mulaw);
  const file = new Uint8Array(headerBytes + samples.length * 2);
  const view = new DataView(file.buffer);
  const text = (at: number, letters: string) => file.set(new TextEncoder().encode(letters), at);
  text(0, "RIFF");
  view.setUint32(4, file.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, phoneHz, true);
  view.setUint32(28, phoneHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, index) => view.setInt16(headerBytes + index * 2, sample, true));
  return file;
}

/** Reads a WAV file, at any usual rate, as mu-law at 8 kHz. Throws a `TypeError`. */
export function readWav(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const { hz, samples } = readSound(file);
  return encodeG711(MU_LAW, createResampler(hz, phoneHz).process(samples));
}
