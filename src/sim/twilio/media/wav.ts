import { decodeG711, encodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { createResampler } from "../../../utils/audio/resampler.ts";

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

/** Reads a WAV file (PCM16 or mu-law, any usual rate) as mu-law at 8 kHz; of several channels the first. */
export function readWav(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (tag(view, 0) !== "RIFF" || tag(view, 8) !== "WAVE") {
    throw new TypeError("Cannot read the audio: not a WAV file");
  }
  let format: WavFormat | undefined;
  for (let at = 12; at + 8 <= view.byteLength;) {
    const bytes = Math.min(view.getUint32(at + 4, true), view.byteLength - at - 8);
    if (tag(view, at) === "fmt ") format = readFormat(view, at + 8, bytes);
    if (tag(view, at) === "data" && format !== undefined) {
      const samples = readSamples(file.subarray(at + 8, at + 8 + bytes), format);
      return encodeG711(MU_LAW, createResampler(format.hz, phoneHz).process(samples));
    }
    at += 8 + bytes + (bytes & 1);
  }
  throw new TypeError("Cannot read the WAV file: no audio in it");
}

interface WavFormat {
  readonly law: "pcm16" | "mulaw";
  readonly channels: number;
  readonly hz: number;
}

function readFormat(view: DataView, at: number, bytes: number): WavFormat {
  if (bytes < 16) throw new TypeError("Cannot read the WAV file: its format is cut short");
  const [code, bits] = [view.getUint16(at, true), view.getUint16(at + 14, true)];
  const [channels, hz] = [view.getUint16(at + 2, true), view.getUint32(at + 4, true)];
  const law = code === 7 ? "mulaw" : (code === 1 || code === 0xfffe) && bits === 16 ? "pcm16" : "";
  if (law !== "" && channels > 0) return { law, channels, hz };
  throw new TypeError("Cannot read the WAV file: must be 16-bit PCM or mu-law");
}

function readSamples(bytes: Uint8Array, { law, channels }: WavFormat): Int16Array {
  if (law === "mulaw") {
    return decodeG711(MU_LAW, bytes.filter((_, index) => index % channels === 0));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames = Math.floor(bytes.length / (2 * channels));
  return Int16Array.from({ length: frames }, (_, at) => view.getInt16(at * 2 * channels, true));
}

function tag(view: DataView, at: number): string {
  if (at + 4 > view.byteLength) return "";
  return String.fromCharCode(...Array.from({ length: 4 }, (_, i) => view.getUint8(at + i)));
}
