import { TimerQueue } from "./timerQueue.ts";

/** Time as a dependency: tests give their own. */
export interface Clock {
  /** Milliseconds: since 1970 where times are kept, monotonic where only differences count. */
  now(): number;
  /** Runs `wake` once after a delay of any length; returns the function that cancels it. */
  setTimer(wake: () => void, delayMs: number): () => void;
}

/** One for the process: calls have thousands of timers a second. */
const timers = new TimerQueue({
  now: () => performance.now(),
  setAlarm(ring, delayMs) {
    const timer = setTimeout(ring, delayMs);
    return () => clearTimeout(timer);
  },
});

/** Runs on the process's one `TimerQueue`, which has the rules of order, rounding and errors. */
export function setTimer(wake: () => void, delayMs: number): () => void {
  return timers.setTimer(wake, delayMs);
}
