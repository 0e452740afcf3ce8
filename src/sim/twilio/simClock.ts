/** Simulated time in milliseconds; it may run faster than real time. */
export interface SimClock {
  now(): number;
  /** Runs once at that time, or soon after; the answer cancels it. */
  at(timeMs: number, run: () => void): () => void;
  /** Waits; rejects with the signal's reason when aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Creates a clock that starts at 0 and runs `speed` times as fast as real time. */
export function createSimClock({ speed = 1 }: { readonly speed?: number } = {}): SimClock {
  if (!(speed > 0)) throw new RangeError(`Cannot run a clock: speed is ${speed}, must be above 0`);
  const startedAt = performance.now();
  const now = () => (performance.now() - startedAt) * speed;

  function at(timeMs: number, run: () => void): () => void {
    const timer = setTimeout(run, Math.max(0, Math.ceil((timeMs - now()) / speed)));
    return () => clearTimeout(timer);
  }

  function wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = at(now() + ms, () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      });
      signal?.addEventListener("abort", stop, { once: true });
    });
  }

  return { now, at, wait };
}
