import { PIECE_NUMBERS, type TapAudio } from "./recordingMessages.ts";

/** What the end of the process may lose. */
const FLUSH_MS = 250;
const BATCH_BYTES = 64 * 1024;
const BATCH_PIECES = 1024;

/** Gathers the audio of all calls, so that one message takes much of it to the thread that writes. */
export class TapBatch {
  readonly #setTimer: (callback: () => void, ms: number) => () => void;
  readonly #post: (audio: TapAudio) => void;
  #bytes = new Uint8Array(BATCH_BYTES);
  #pieces = new Float64Array(BATCH_PIECES * PIECE_NUMBERS);
  #length = 0;
  #count = 0;
  #cancel: (() => void) | undefined;

  constructor(
    setTimer: (callback: () => void, ms: number) => () => void,
    post: (audio: TapAudio) => void,
  ) {
    this.#setTimer = setTimer;
    this.#post = post;
  }

  /** Copies a piece: the numbers are those of `TapAudio`. */
  add(tap: number, kind: number, atMs: number, audio: Uint8Array): void {
    if (this.#count === BATCH_PIECES || this.#length + audio.length > this.#bytes.length) {
      this.flush();
      if (audio.length > this.#bytes.length) this.#bytes = new Uint8Array(audio.length);
    }
    this.#bytes.set(audio, this.#length);
    this.#length += audio.length;
    const at = this.#count++ * PIECE_NUMBERS;
    this.#pieces[at] = tap;
    this.#pieces[at + 1] = kind;
    this.#pieces[at + 2] = atMs;
    this.#pieces[at + 3] = audio.length;
    this.#cancel ??= this.#setTimer(() => this.flush(), FLUSH_MS);
  }

  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#count === 0) return;
    const bytes = this.#bytes.subarray(0, this.#length);
    const pieces = this.#pieces.subarray(0, this.#count * PIECE_NUMBERS);
    this.#bytes = new Uint8Array(BATCH_BYTES);
    this.#pieces = new Float64Array(BATCH_PIECES * PIECE_NUMBERS);
    this.#length = this.#count = 0;
    this.#post({ type: "audio", bytes, pieces });
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
