import type { Clock } from "../../utils/clock.ts";
import type { Milliseconds } from "../types.ts";

/** One timer for everything that a call waits for. */
export class WakeTimer {
  readonly #clock: Clock;
  readonly #onWake: () => void;
  #timer: { readonly at: Milliseconds; cancel(): void } | undefined;
  /** Wakes in a row after which there was still something overdue. */
  #idleWakes = 0;

  constructor(clock: Clock, onWake: () => void) {
    this.#clock = clock;
    this.#onWake = onWake;
  }

  /** Schedules the next wake; undefined cancels it. */
  set(wakeAt: Milliseconds | undefined): void {
    if (wakeAt === undefined) this.cancel();
    else this.setBy(wakeAt);
  }

  /** Schedules a wake at this time at the latest; undefined changes nothing. */
  setBy(wakeAt: Milliseconds | undefined): void {
    if (wakeAt === undefined) return;
    // A timer that fires early costs one tick; moving it at every frame would cost more.
    if (this.#timer !== undefined && this.#timer.at <= wakeAt) return;
    this.#timer?.cancel();
    const wake = () => {
      this.#timer = undefined;
      this.#onWake();
    };
    // Rounded up: timers count whole milliseconds, and one that fires too early is wasted.
    const delayMs = Math.ceil(wakeAt - this.#clock.now());
    this.#idleWakes = delayMs > 0 ? 0 : this.#idleWakes + 1;
    this.#timer = { at: wakeAt, cancel: this.#clock.setTimer(wake, this.#bounded(delayMs)) };
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  // What stays overdue is retried with growing delays.
  #bounded(delayMs: Milliseconds): Milliseconds {
    if (delayMs > 0) return Math.min(delayMs, LONGEST_DELAY_MS);
    return Math.min(LONGEST_PAUSE_MS, 2 ** Math.max(0, this.#idleWakes - FREE_WAKES) - 1);
  }
}

/** Far below what a timer can count; waking too early costs one tick. */
const LONGEST_DELAY_MS = 2 ** 30;
const LONGEST_PAUSE_MS = 250;
const FREE_WAKES = 8;

/** The first of several moments, some of which may not come. */
export function earliest(
  ...times: readonly (Milliseconds | undefined)[]
): Milliseconds | undefined {
  let first: Milliseconds | undefined;
  for (const time of times) {
    if (time !== undefined && (first === undefined || time < first)) first = time;
  }
  return first;
}
