import { type Base64, encodeBase64 } from "../../utils/audio/audioFormat.ts";
import type { Milliseconds } from "../types.ts";

/** A piece of the caller's audio, as it came. */
export interface AudioFrame {
  readonly audio: Base64;
  /** The same, decoded; only until the next frame comes. */
  readonly bytes: Uint8Array;
  readonly durationMs: Milliseconds;
}

/** Room for a group of frames of a phone line. */
const LEAST_BYTES = 800;

/**
 * Joins frames that may wait, so that a quiet line costs fewer messages. A frame that may not wait goes at
 * once, in one piece with those before it.
 *
 * There is no timer: if the line stops sending, held frames are sent before the next message to the model.
 * They are proven quiet, and no turn depends on them.
 */
export class FrameGroup {
  /** The most that goes in one piece; 0 where nothing waits. */
  readonly #maxMs: Milliseconds;
  readonly #onAudio: (audio: Base64) => void;
  /** What is held, at its beginning; grows to the longest piece. */
  #memory = new Uint8Array(LEAST_BYTES);
  #heldBytes = 0;
  #heldMs = 0;

  constructor(maxMs: Milliseconds, onAudio: (audio: Base64) => void) {
    this.#maxMs = maxMs;
    this.#onAudio = onAudio;
  }

  /** `mayWait`: the frame may be held back. */
  add({ audio, bytes, durationMs }: AudioFrame, mayWait: boolean): void {
    // Not held where another frame like this one would be too much.
    const isHeld = mayWait && this.#heldMs + 2 * durationMs <= this.#maxMs;
    if (!isHeld && this.#heldBytes === 0) return this.#onAudio(audio);
    this.#hold(bytes);
    this.#heldMs += durationMs;
    if (!isHeld) this.flush();
  }

  /** Before anything else is said to the model. */
  flush(): void {
    if (this.#heldBytes === 0) return;
    const audio = encodeBase64(this.#memory.subarray(0, this.#heldBytes));
    this.#heldBytes = 0;
    this.#heldMs = 0;
    this.#onAudio(audio);
  }

  #hold(bytes: Uint8Array): void {
    const length = this.#heldBytes + bytes.length;
    if (length > this.#memory.length) {
      const memory = new Uint8Array(length);
      memory.set(this.#memory.subarray(0, this.#heldBytes));
      this.#memory = memory;
    }
    this.#memory.set(bytes, this.#heldBytes);
    this.#heldBytes = length;
  }
}
