import type { Clock } from "./clock.ts";

/** Looks for work when it is woken, and from time to time; never twice at once. */
export type PollLoop = ReturnType<typeof createPollLoop>;

/**
 * Polls first after `firstDelayMs`. `poll` returns how many milliseconds until the next poll: at once for
 * 0, when the loop is woken for undefined. It must not reject: a rejection stays
 * unhandled, and the loop goes on after ten seconds.
 */
export function createPollLoop(
  poll: () => Promise<number | undefined>,
  setTimer: Clock["setTimer"],
  firstDelayMs = 0,
) {
  let polling: Promise<void> | undefined;
  let again = false;
  let closed = false;
  let cancelTimer = setTimer(wake, firstDelayMs);

  function wake(): void {
    if (closed) return;
    again = polling !== undefined;
    polling ??= pollOnce().finally(() => {
      polling = undefined;
      if (again) wake();
    });
  }

  async function pollOnce(): Promise<void> {
    cancelTimer();
    let delayMs: number | undefined = FAILED_MS;
    try {
      delayMs = await poll();
    } finally {
      if (delayMs === 0) again = true;
      else if (delayMs !== undefined && !closed) cancelTimer = setTimer(wake, delayMs);
    }
  }

  return {
    /** Polls at once, or once more when the poll that is under way is over. */
    wake,
    /** Polls no more; settles when the poll that is under way is over. */
    async close(): Promise<void> {
      closed = true;
      cancelTimer();
      await polling;
    },
  };
}

const FAILED_MS = 10_000;
