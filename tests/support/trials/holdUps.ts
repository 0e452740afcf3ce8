/** How long this process was held up at the worst, since the watch began. */
export interface HoldUps extends Disposable {
  readonly worstMs: number;
}

/**
 * Watches the process while two ends of it measure one and the same moment: what lies between their
 * measurements on a busy machine is no fault of theirs.
 */
export function watchHoldUps(): HoldUps {
  let worstMs = 0;
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    worstMs = Math.max(worstMs, now - last - LOOK_MS);
    last = now;
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    get worstMs() {
      look();
      return worstMs;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

const LOOK_MS = 5;
