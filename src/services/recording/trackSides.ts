import { SILENCE_BYTE } from "../../utils/audio/audioFormat.ts";
import { frameBytes, sampleBytes, type SampleFile, type Side } from "./sampleFile.ts";

/** Samples of one side, from the first to before the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const FILL_BYTES = 64 * 1024;

/** Silences a span of one side, in samples, as far as there is audio. */
export function silence(file: SampleFile, side: Side, { from, to }: Span): void {
  const frame = frameBytes(file.format);
  const end = Math.min(to, file.bytes / frame);
  const most = FILL_BYTES / frame;
  for (let at = from; at < end; at += most) {
    const count = Math.min(most, end - at);
    const quiet = new Uint8Array(count * sampleBytes(file.format));
    overwrite(file, side, at, quiet.fill(SILENCE_BYTE[file.format]));
  }
}

/** One side of a span, in samples, as far as there is audio. */
export function readSide(file: SampleFile, side: Side, { from, to }: Span): Uint8Array {
  const width = sampleBytes(file.format);
  const both = file.read(from * 2 * width, (to - from) * 2 * width);
  const audio = new Uint8Array(both.length / 2);
  const shift = side === "caller" ? 0 : width;
  for (let i = 0; i < audio.length; i++) {
    audio[i] = both[2 * (i - i % width) + shift + i % width]!;
  }
  return audio;
}

/** Puts samples of one side in the place of what is there. */
export function overwrite(file: SampleFile, side: Side, from: number, audio: Uint8Array): void {
  const width = sampleBytes(file.format);
  const at = from * 2 * width;
  const both = new Uint8Array(2 * audio.length).fill(SILENCE_BYTE[file.format]);
  both.set(file.read(at, both.length));
  const shift = side === "caller" ? 0 : width;
  if (width === 1) {
    for (let i = 0; i < audio.length; i++) both[2 * i + shift] = audio[i]!;
  } else {
    for (let i = 0; i + 1 < audio.length; i += 2) {
      both[2 * i + shift] = audio[i]!;
      both[2 * i + shift + 1] = audio[i + 1]!;
    }
  }
  file.write(at, both);
}
