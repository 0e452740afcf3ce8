import { sleep } from "../../utils/sleep.ts";

/** Lets audio out at a multiple of real time; positions are milliseconds of audio. */
export class Pace {
  readonly #speed: number;
  readonly #signal: AbortSignal;
  #startedAt: number | undefined;

  /** No wait outlasts the signal. */
  constructor(speed: number, signal: AbortSignal) {
    this.#speed = speed;
    this.#signal = signal;
  }

  /** Resolves when audio up to this position may have been produced. */
  reach(positionMs: number): Promise<void> | undefined {
    const now = performance.now();
    const aheadMs = positionMs / this.#speed;
    this.#startedAt ??= now - aheadMs;
    const waitMs = this.#startedAt + aheadMs - now;
    // Where the audio itself came late, what follows is not hurried to make up for it.
    if (waitMs < -stallMs) this.#startedAt = now - aheadMs;
    return waitMs > 0 ? this.pause(waitMs) : undefined;
  }

  pause(ms: number): Promise<void> {
    return sleep(ms, { signal: this.#signal });
  }
}

// Longer than a timer is ever late.
const stallMs = 100;
