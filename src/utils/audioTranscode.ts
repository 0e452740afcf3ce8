import type { AudioFormat } from "./audio/audioFormat.ts";
import { A_LAW, decodeG711, encodeG711, type G711Law, MU_LAW } from "./audio/g711.ts";
import { createResampler } from "./audio/resampler.ts";

/** Converts the next bytes of one stream to another format. */
type Transcoder = (bytes: Uint8Array) => Uint8Array;

/**
 * Creates a transcoder for one direction of one stream.
 *
 * It keeps state between calls (the resampler's past, half a PCM16 sample), so frames must come in
 * order and no two streams may share one. Frames of 20 ms come out as frames of 20 ms. Between
 * equal formats the bytes pass through as the same object.
 */
export function createTranscoder(from: AudioFormat, to: AudioFormat): Transcoder {
  if (from === to) return (bytes) => bytes;
  if (from === "pcm24k") {
    const law = lawOf(to);
    const readSamples = createSampleReader();
    const resampler = createResampler(24_000, 8_000);
    return (bytes) => encodeG711(law, resampler.process(readSamples(bytes)));
  }
  if (to === "pcm24k") {
    const law = lawOf(from);
    const resampler = createResampler(8_000, 24_000);
    return (bytes) => samplesToBytes(resampler.process(decodeG711(law, bytes)));
  }
  const codes = encodeG711(lawOf(to), lawOf(from).decoded);
  return function translate(bytes) {
    const translated = new Uint8Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) translated[i] = codes[bytes[i]!]!;
    return translated;
  };
}

/** The samples' own memory as PCM16 LE: every platform of V8's is little-endian. */
export function samplesToBytes(samples: Int16Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** Creates a reader of PCM16 LE that carries an odd last byte over to the next bytes. */
export function createSampleReader(): (bytes: Uint8Array) => Int16Array<ArrayBuffer> {
  let carried: number | undefined;
  return function readSamples(bytes) {
    const skipped = carried === undefined ? 0 : 1;
    const samples = new Int16Array((bytes.length + skipped) >> 1);
    let at = 0;
    let written = 0;
    if (carried !== undefined && bytes.length > 0) {
      samples[written++] = carried | (bytes[at++]! << 8);
    }
    for (; at + 1 < bytes.length; at += 2) samples[written++] = bytes[at]! | (bytes[at + 1]! << 8);
    if (bytes.length > 0) carried = at < bytes.length ? bytes[at] : undefined;
    return samples;
  };
}

function lawOf(format: AudioFormat): G711Law {
  switch (format) {
    case "pcmu":
      return MU_LAW;
    case "pcma":
      return A_LAW;
    case "pcm24k":
      throw new TypeError("Cannot pick a G.711 law: pcm24k has none");
    default:
      return format satisfies never;
  }
}
