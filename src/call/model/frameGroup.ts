import { type Base64, joinBase64 } from "../../utils/audio/audioFormat.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Milliseconds } from "../types.ts";

/** A frame of the caller's audio. */
export interface CallerFrame {
  readonly audio: Base64;
  readonly durationMs: Milliseconds;
  /** It may be held back: it is proven quiet, and no turn is under way. */
  readonly mayWait: boolean;
}

/** How often a line is checked while frames wait. */
const CHECK_MS = 500;

/**
 * Joins frames that may wait, so that a quiet line costs fewer messages. A frame that may not wait goes at
 * once, in one piece with those before it.
 *
 * What is held of a line that sends no more goes after a while; frames are counted for that, not timed.
 */
export class FrameGroup {
  readonly #clock: Clock;
  /** The most that goes in one piece; 0 where nothing waits. */
  readonly #maxMs: Milliseconds;
  readonly #onAudio: (audio: Base64) => void;
  #held: Base64[] = [];
  #heldMs = 0;
  #came = false;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, maxMs: Milliseconds, onAudio: (audio: Base64) => void) {
    this.#clock = clock;
    this.#maxMs = maxMs;
    this.#onAudio = onAudio;
  }

  add({ audio, durationMs, mayWait }: CallerFrame): void {
    // Not held where another frame like this one would be too much.
    const isHeld = mayWait && this.#heldMs + 2 * durationMs <= this.#maxMs;
    if (!isHeld && this.#held.length === 0) return this.#onAudio(audio);
    this.#held.push(audio);
    this.#heldMs += durationMs;
    this.#came = true;
    if (isHeld) this.#cancel ??= this.#clock.setTimer(() => this.#check(), CHECK_MS);
    else this.flush();
  }

  /** Before anything else is said to the model. */
  flush(): void {
    if (this.#held.length === 0) return;
    const held = this.#held;
    this.#held = [];
    this.#heldMs = 0;
    this.#onAudio(joinBase64(held));
  }

  close(): void {
    this.flush();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #check(): void {
    this.#cancel = undefined;
    if (this.#held.length === 0) return;
    if (!this.#came) return this.flush();
    this.#came = false;
    this.#cancel = this.#clock.setTimer(() => this.#check(), CHECK_MS);
  }
}
