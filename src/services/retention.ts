import { forgetErasedJournals, forgetOldJournals } from "./oldJournals.ts";
import type { Store } from "./store.ts";

export interface RetentionDeps {
  readonly store: Pick<Store, "erasure" | "prune">;
  /** Absent means that calls are kept for ever. */
  readonly days: number | undefined;
  /** Where the journals of calls are, if they are kept. */
  readonly journalDir?: string;
  readonly now: () => number;
  readonly setTimer: (wake: () => void, delayMs: number) => () => void;
  readonly log: {
    info(message: string, fields: Readonly<Record<string, unknown>>): void;
    warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  };
}

const HOUR_MS = 60 * 60_000;

/**
 * Forgets, at the start and then every hour, what is too old to be kept, and what has been erased while
 * this process could not be told; gives the means to stop.
 */
export function startRetention(deps: RetentionDeps): () => Promise<void> {
  const { store, days, journalDir, now, setTimer, log } = deps;
  let closed = false;
  let working: Promise<void> | undefined;
  let cancelTimer = setTimer(forget, 0);

  function forget(): void {
    working = forgetOld()
      .catch((error) => log.warn("Old records not forgotten", { error }))
      .finally(() => {
        if (!closed) cancelTimer = setTimer(forget, HOUR_MS);
      });
  }

  async function forgetOld(): Promise<void> {
    await store.prune(now());
    if (journalDir !== undefined) {
      await forgetErasedJournals(journalDir, store.erasure.erasedAmong);
    }
    if (days === undefined || closed) return;
    const before = now() - days * 24 * HOUR_MS;
    const erased = await store.erasure.eraseBefore(before);
    if (erased.calls > 0) log.info("Old calls forgotten", { ...erased });
    if (journalDir !== undefined) await forgetOldJournals(journalDir, before);
  }

  return async function stopRetention() {
    closed = true;
    cancelTimer();
    await working;
    cancelTimer();
  };
}
