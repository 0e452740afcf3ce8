import { type QueuedTimer, TimerHeap } from "./timerHeap.ts";

/** What a queue is driven by. */
export interface AlarmClock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls `ring` once, later, after 1 to 2^31 - 1 whole milliseconds; returns what cancels it. */
  setAlarm(ring: () => void, delayMs: number): () => void;
}

/**
 * Any number of timers on a single alarm, which is set only while one of them waits. A `setTimeout` for
 * each would take four times the memory, most of which lives long enough to reach the old generation.
 *
 * Timers run in the order of their due times, those of the same due time in the order in which they were
 * set. They run in passes: one that is set in a pass waits for a later one, and what is due when a pass has
 * taken some milliseconds waits for the next, so that sockets have their turn. The promise reactions of
 * everything that ran in a pass come after it, not in between.
 */
export class TimerQueue {
  readonly #clock: AlarmClock;
  readonly #timers = new TimerHeap();
  #timersSet = 0;
  #alarm: { readonly at: number; cancel(): void } | undefined;
  #isPassing = false;

  constructor(clock: AlarmClock) {
    this.#clock = clock;
  }

  /**
   * Runs `wake` once, never before the delay has passed, and never at once: a delay below 1 ms, or none, is
   * one of 1 ms. Due times are rounded up to whole milliseconds, and to multiples of 4 ms for delays from
   * 200 ms, so that timers of many calls share a pass. Returns the function that cancels the timer and
   * frees `wake`; once the timer has run or was cancelled, it does nothing.
   *
   * What `wake` throws is thrown from the alarm: uncaught, as from `setTimeout`. No other timer is lost.
   */
  setTimer(wake: () => void, delayMs: number): () => void {
    const dueAt = dueAfter(delayMs, this.#clock.now());
    const timer: QueuedTimer = { wake, dueAt, order: this.#timersSet++, place: 0 };
    this.#timers.add(timer);
    this.#adjustAlarm();
    return () => this.#cancel(timer);
  }

  #cancel(timer: QueuedTimer): void {
    if (timer.wake === undefined) return;
    timer.wake = undefined;
    this.#timers.remove(timer);
    this.#adjustAlarm();
  }

  /** An alarm that has become too early stays: it costs an empty pass, and setting it anew costs more. */
  #adjustAlarm(): void {
    if (this.#isPassing) return;
    const first = this.#timers.first;
    if (first !== undefined && this.#alarm !== undefined && this.#alarm.at <= first.dueAt) return;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    if (first === undefined) return;
    const delayMs = Math.max(1, Math.ceil(first.dueAt - this.#clock.now()));
    const cancel = this.#clock.setAlarm(() => this.#pass(), Math.min(delayMs, LONGEST_ALARM_MS));
    this.#alarm = { at: first.dueAt, cancel };
  }

  #pass(): void {
    this.#alarm = undefined;
    this.#isPassing = true;
    const startedAt = this.#clock.now();
    try {
      // A timer that is set during the pass is due after `startedAt`.
      for (let timer; (timer = this.#timers.first) !== undefined && timer.dueAt <= startedAt;) {
        this.#timers.remove(timer);
        const { wake } = timer;
        timer.wake = undefined;
        wake?.();
        if (this.#clock.now() - startedAt >= LONGEST_PASS_MS) break;
      }
    } finally {
      this.#isPassing = false;
      this.#adjustAlarm();
    }
  }
}

function dueAfter(delayMs: number, now: number): number {
  const dueAt = now + (delayMs >= 1 ? Math.min(delayMs, LONGEST_DELAY_MS) : 1);
  return delayMs >= GRID_FROM_MS ? Math.ceil(dueAt / GRID_MS) * GRID_MS : Math.ceil(dueAt);
}

/** `setTimeout` takes a longer one for one millisecond. */
const LONGEST_ALARM_MS = 2 ** 31 - 1;
/** 30,000 years, in which milliseconds are still counted exactly. */
const LONGEST_DELAY_MS = 2 ** 50;
const LONGEST_PASS_MS = 5;
const GRID_MS = 4;
/** Shorter delays pace and measure: there a few milliseconds are noticed. */
const GRID_FROM_MS = 200;
