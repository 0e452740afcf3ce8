/** How long this process was held up at the worst, since the watch began. */
export interface HoldUps extends Disposable {
  readonly worstMs: number;
  /** All of them together: what a chain of timers may be late. */
  readonly totalMs: number;
}

/**
 * Watches the process while two ends of it measure one and the same moment: what lies between their
 * measurements on a busy machine is no fault of theirs.
 */
export function watchHoldUps(): HoldUps {
  let worstMs = 0;
  let totalMs = 0;
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    const lateMs = now - last - LOOK_MS;
    worstMs = Math.max(worstMs, lateMs);
    // Less is the grain of timers.
    if (lateMs > LOOK_MS) totalMs += lateMs;
    last = now;
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    get worstMs() {
      look();
      return worstMs;
    },
    get totalMs() {
      look();
      return totalMs;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

const LOOK_MS = 5;
