import { type Clock, setTimer as realTimer } from "./clock.ts";

interface SleepOptions {
  /** Ends the wait early; the promise resolves all the same. */
  readonly signal?: AbortSignal;
  readonly setTimer?: Clock["setTimer"];
}

/** Resolves after `ms`, or at once when the signal aborts; never rejects. */
export function sleep(
  ms: number,
  { signal, setTimer = realTimer }: SleepOptions = {},
): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = setTimer(end, ms);
    signal?.addEventListener("abort", end);
    function end(): void {
      cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    }
  });
}
