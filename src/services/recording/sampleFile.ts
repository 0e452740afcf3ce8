import type { AudioFormat } from "../../utils/audio/audioFormat.ts";

/** The audio of a recording on disk, without its header: bytes that can be read and written anywhere. */
export interface SampleFile {
  readonly format: AudioFormat;
  /** How much audio there is. */
  readonly bytes: number;
  /** Shorter where the audio ends before. */
  read(at: number, length: number): Uint8Array<ArrayBuffer>;
  /** At most at the end of what there is; writing beyond makes it longer. */
  write(at: number, audio: Uint8Array): void;
  /** Makes the file whole by its header, however the process ends after that. */
  flush(): void;
  close(): void;
}

/** The places of one side of a stereo recording. */
export type Side = "caller" | "agent";

export const RATE_HZ: Readonly<Record<AudioFormat, number>> = {
  pcmu: 8000,
  pcma: 8000,
  pcm24k: 24_000,
};

/** Of one sample of one side. */
export function sampleBytes(format: AudioFormat): number {
  return format === "pcm24k" ? 2 : 1;
}

/** Of both sides together. */
export function frameBytes(format: AudioFormat): number {
  return 2 * sampleBytes(format);
}
