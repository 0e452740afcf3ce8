import type { Clock } from "./clock.ts";

/** Looks for what there is to do: whenever it is woken, and from time to time; one look at a time. */
export interface Lookout {
  /** Looks at once, or once more when the look that is under way is over. */
  wake(): void;
  /** Looks no more; settles when the look that is under way is over. */
  close(): Promise<void>;
}

/**
 * Has its first look in a moment. A look never rejects, and resolves with how many milliseconds
 * until the next: at once for 0, when it is woken for undefined.
 */
export function createLookout(
  look: () => Promise<number | undefined>,
  setTimer: Clock["setTimer"],
): Lookout {
  let looking: Promise<void> | undefined;
  let again = false;
  let closed = false;
  let cancelTimer = setTimer(wake, 0);

  function wake(): void {
    if (closed) return;
    again = looking !== undefined;
    looking ??= lookOnce().finally(() => {
      looking = undefined;
      if (again) wake();
    });
  }

  async function lookOnce(): Promise<void> {
    cancelTimer();
    const delayMs = await look();
    if (delayMs === 0) again = true;
    else if (delayMs !== undefined && !closed) cancelTimer = setTimer(wake, delayMs);
  }

  return {
    wake,
    async close() {
      closed = true;
      cancelTimer();
      await looking;
    },
  };
}
