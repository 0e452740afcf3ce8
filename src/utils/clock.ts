/** Time as a dependency: tests give their own. */
export interface Clock {
  /** Milliseconds: since 1970 where times are kept, monotonic where only differences count. */
  now(): number;
  /** Runs `wake` once after a delay of any length; returns the function that cancels it. */
  setTimer(wake: () => void, delayMs: number): () => void;
}

/** Runs on `setTimeout`, also beyond its 2^31 ms limit. */
export function setTimer(wake: () => void, delayMs: number): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (leftMs: number) => {
    timer = leftMs > LONGEST_DELAY_MS
      ? setTimeout(() => wait(leftMs - LONGEST_DELAY_MS), LONGEST_DELAY_MS)
      : setTimeout(wake, leftMs);
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}

/** `setTimeout` takes a longer one for one millisecond. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;
