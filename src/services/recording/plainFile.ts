import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import { DiskFile } from "./diskFile.ts";
import { RecordingFault } from "./recordingFault.ts";
import { frameBytes, type SampleFile } from "./sampleFile.ts";
import { readWavHeader, wavHeader, wavHeaderBytes } from "./wavHeader.ts";

/**
 * A WAV file. Its header tells the length that it had at the last `flush`: it is a valid file whenever the
 * process ends, and what was written after that flush is no part of it.
 */
export class PlainFile implements SampleFile {
  readonly format: AudioFormat;
  readonly #file: DiskFile;
  #bytes: number;
  #flushed: number;

  private constructor(file: DiskFile, format: AudioFormat, bytes: number) {
    this.#file = file;
    this.format = format;
    this.#bytes = bytes;
    this.#flushed = bytes;
  }

  static create(path: string, format: AudioFormat): PlainFile {
    const file = DiskFile.create(path);
    file.write(0, wavHeader(format, 0));
    return new PlainFile(file, format, 0);
  }

  /** Throws a `RecordingFault` for what is no recording. */
  static open(path: string, options?: { readonly write: boolean }): PlainFile {
    const file = DiskFile.open(path, options);
    const known = readWavHeader(file.read(0, 58));
    if (known === undefined) {
      file.close();
      throw new RecordingFault("damaged");
    }
    const { format, audioBytes } = known;
    const whole = Math.min(audioBytes, Math.max(0, file.size - wavHeaderBytes(format)));
    return new PlainFile(file, format, whole - whole % frameBytes(format));
  }

  get bytes(): number {
    return this.#bytes;
  }

  read(at: number, length: number): Uint8Array<ArrayBuffer> {
    const most = Math.max(0, Math.min(length, this.#bytes - at));
    return this.#file.read(wavHeaderBytes(this.format) + at, most);
  }

  write(at: number, audio: Uint8Array): void {
    this.#file.write(wavHeaderBytes(this.format) + at, audio);
    this.#bytes = Math.max(this.#bytes, at + audio.length);
  }

  flush(): void {
    if (this.#flushed === this.#bytes) return;
    this.#flushed = this.#bytes;
    this.#file.write(0, wavHeader(this.format, this.#bytes));
  }

  close(): void {
    this.#file.close();
  }
}
