import { type AudioFormat, bytesPerMs, SILENCE_BYTE } from "../../utils/audio/audioFormat.ts";

interface Placed {
  readonly from: number;
  readonly audio: Uint8Array;
}

/** Samples are whole, in every format, at this many bytes. */
const SAMPLE_BYTES = 2;

/** One side of a call in time: where its audio stands until it is read. Times are milliseconds of one clock. */
export class SideTrack {
  readonly #format: AudioFormat;
  readonly #maxLeadMs: number;
  #placed: Placed[] = [];
  #end = -Infinity;

  /** What stands further ahead of its time than `maxLeadMs` is left out. */
  constructor(format: AudioFormat, maxLeadMs: number) {
    this.#format = format;
    this.#maxLeadMs = maxLeadMs;
  }

  /** Puts audio at a time, or behind what was before; within `slackMs` after that it follows it without a gap. */
  put(audio: Uint8Array, atMs: number, slackMs: number): void {
    const from = atMs <= this.#end + slackMs ? this.#end : atMs;
    if (from - atMs > this.#maxLeadMs) return;
    this.#placed.push({ from, audio });
    this.#end = from + audio.length / this.#perMs;
  }

  /** Nothing is heard of what stands behind this time. */
  cut(atMs: number): void {
    this.#placed = this.#placed.flatMap(({ from, audio }) => {
      const bytes = this.#bytes(atMs - from);
      return bytes <= 0 ? [] : [{ from, audio: audio.subarray(0, bytes) }];
    });
    this.#end = Math.min(this.#end, atMs);
  }

  /** The next stretch, with silence where there is nothing; what is before its end is forgotten. */
  read(fromMs: number, durationMs: number): Uint8Array {
    const window = new Uint8Array(durationMs * this.#perMs).fill(SILENCE_BYTE[this.#format]);
    for (const { from, audio } of this.#placed) {
      const at = this.#bytes(from - fromMs);
      const part = audio.subarray(Math.max(0, -at), Math.max(0, window.length - at));
      if (at < window.length) window.set(part, Math.max(0, at));
    }
    const toMs = fromMs + durationMs;
    this.#placed = this.#placed.filter(({ from, audio }) =>
      from + audio.length / this.#perMs > toMs
    );
    return window;
  }

  #bytes(ms: number): number {
    return Math.round(ms * this.#perMs / SAMPLE_BYTES) * SAMPLE_BYTES;
  }

  get #perMs(): number {
    return bytesPerMs(this.#format);
  }
}
