import type { Milliseconds } from "./types.ts";

export interface Clock {
  now(): Milliseconds;
  /** Runs `wake` once after a delay; gives the means to call it off. */
  setTimer(wake: () => void, delayMs: Milliseconds): () => void;
}

/** One timer for everything that a call waits for. */
export class WakeTimer {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #timer: { readonly at: Milliseconds; cancel(): void } | undefined;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** There is something to do at this time, and nothing before; nothing at all where there is no time. */
  set(wakeAt: Milliseconds | undefined): void {
    if (wakeAt === undefined) this.cancel();
    else this.setBy(wakeAt);
  }

  /** There is something to do at this time, and perhaps something before. */
  setBy(wakeAt: Milliseconds | undefined): void {
    if (wakeAt === undefined) return;
    // A timer that fires early costs one tick; moving it at every frame would cost more.
    if (this.#timer !== undefined && this.#timer.at <= wakeAt) return;
    this.#timer?.cancel();
    const wake = () => {
      this.#timer = undefined;
      this.#wake();
    };
    // Rounded up: timers count whole milliseconds, and one that fires too early is for nothing.
    const delayMs = Math.max(0, Math.ceil(wakeAt - this.#clock.now()));
    this.#timer = { at: wakeAt, cancel: this.#clock.setTimer(wake, delayMs) };
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
