import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import { frameBytes, RATE_HZ, sampleBytes } from "./sampleFile.ts";

const CODES: Readonly<Record<AudioFormat, number>> = { pcm24k: 1, pcma: 6, pcmu: 7 };
const CHANNELS = 2;

/** Where the audio begins. */
export function wavHeaderBytes(format: AudioFormat): number {
  return format === "pcm24k" ? 44 : 58;
}

/** The header of a stereo file with so much audio. */
export function wavHeader(format: AudioFormat, audioBytes: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(wavHeaderBytes(format));
  const view = new DataView(header.buffer);
  let at = 0;
  const tag = (text: string) => {
    for (const character of text) view.setUint8(at++, character.charCodeAt(0));
  };
  const word = (value: number) => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const half = (value: number) => {
    view.setUint16(at, value, true);
    at += 2;
  };
  const isPcm = format === "pcm24k";
  tag("RIFF");
  word(header.length - 8 + audioBytes);
  tag("WAVEfmt ");
  word(isPcm ? 16 : 18);
  half(CODES[format]);
  half(CHANNELS);
  word(RATE_HZ[format]);
  word(RATE_HZ[format] * frameBytes(format));
  half(frameBytes(format));
  half(8 * sampleBytes(format));
  if (!isPcm) {
    half(0);
    tag("fact");
    word(4);
    word(audioBytes / frameBytes(format));
  }
  tag("data");
  word(audioBytes);
  return header;
}

/** What a header says that `wavHeader` has made; undefined for any other. */
export function readWavHeader(
  header: Uint8Array,
): { readonly format: AudioFormat; readonly audioBytes: number } | undefined {
  if (header.length < 44) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const code = view.getUint16(20, true);
  const format = (["pcm24k", "pcma", "pcmu"] as const).find((one) => CODES[one] === code);
  if (format === undefined || header.length < wavHeaderBytes(format)) return undefined;
  const audioBytes = view.getUint32(wavHeaderBytes(format) - 4, true);
  const same = wavHeader(format, audioBytes);
  return same.every((byte, index) => header[index] === byte) ? { format, audioBytes } : undefined;
}
