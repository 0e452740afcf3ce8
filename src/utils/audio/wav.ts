import { A_LAW, decodeG711, MU_LAW } from "./g711.ts";

/** Sound as samples of one channel. */
export interface Sound {
  readonly hz: number;
  readonly samples: Int16Array;
}

/**
 * Reads a WAV file: PCM of 8, 16, 24 or 32 bits, mu-law or A-law; several channels are mixed to one.
 * Throws a `TypeError` that says what is wrong.
 */
export function readSound(file: Uint8Array): Sound {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (tag(view, 0) !== "RIFF" || tag(view, 8) !== "WAVE") {
    throw new TypeError("Cannot read the audio: not a WAV file");
  }
  let format: WavFormat | undefined;
  for (let at = 12; at + 8 <= view.byteLength;) {
    const bytes = Math.min(view.getUint32(at + 4, true), view.byteLength - at - 8);
    if (tag(view, at) === "fmt ") format = readFormat(view, at + 8, bytes);
    if (tag(view, at) === "data" && format !== undefined) {
      const data = file.subarray(at + 8, at + 8 + bytes);
      return { hz: format.hz, samples: mixed(format.read(data), format.channels) };
    }
    at += 8 + bytes + (bytes & 1);
  }
  throw new TypeError("Cannot read the WAV file: no audio in it");
}

interface WavFormat {
  readonly channels: number;
  readonly hz: number;
  readonly read: (bytes: Uint8Array) => Int16Array;
}

const PCM = 1;
const A_LAW_CODE = 6;
const MU_LAW_CODE = 7;
/** The true code is the beginning of a GUID further on. */
const EXTENSIBLE = 0xfffe;
const MIN_HZ = 4000;
const MAX_HZ = 192_000;
const MAX_CHANNELS = 8;

function readFormat(view: DataView, at: number, bytes: number): WavFormat {
  if (bytes < 16) throw new TypeError("Cannot read the WAV file: its format is cut short");
  const named = view.getUint16(at, true);
  const code = named === EXTENSIBLE && bytes >= 26 ? view.getUint16(at + 24, true) : named;
  const channels = view.getUint16(at + 2, true);
  const hz = view.getUint32(at + 4, true);
  const read = readerOf(code, view.getUint16(at + 14, true));
  if (read === undefined) {
    throw new TypeError("Cannot read the WAV file: must be PCM of 8 to 32 bits, mu-law or A-law");
  }
  if (channels < 1 || channels > MAX_CHANNELS || hz < MIN_HZ || hz > MAX_HZ) {
    throw new TypeError(`Cannot read the WAV file: ${channels} channels at ${hz} Hz`);
  }
  return { channels, hz, read };
}

function readerOf(code: number, bits: number): WavFormat["read"] | undefined {
  if (code === MU_LAW_CODE) return (bytes) => decodeG711(MU_LAW, bytes);
  if (code === A_LAW_CODE) return (bytes) => decodeG711(A_LAW, bytes);
  if (code !== PCM || ![8, 16, 24, 32].includes(bits)) return undefined;
  const width = bits / 8;
  return (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const samples = new Int16Array(Math.floor(bytes.length / width));
    // The two highest bytes are the sample; 8 bits are unsigned.
    for (let index = 0; index < samples.length; index++) {
      samples[index] = width === 1
        ? (bytes[index]! - 128) << 8
        : view.getInt16(index * width + width - 2, true);
    }
    return samples;
  };
}

function mixed(samples: Int16Array, channels: number): Int16Array {
  if (channels === 1) return samples;
  const frames = new Int16Array(Math.floor(samples.length / channels));
  for (let frame = 0; frame < frames.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += samples[frame * channels + channel]!;
    }
    frames[frame] = Math.round(sum / channels);
  }
  return frames;
}

function tag(view: DataView, at: number): string {
  if (at + 4 > view.byteLength) return "";
  return String.fromCharCode(...Array.from({ length: 4 }, (_, i) => view.getUint8(at + i)));
}
