import { createClockGuard } from "./retentionClock.ts";
import type { Incidents } from "../../utils/incidents.ts";
import { forgetErasedJournals, forgetOldJournals } from "./journalRetention.ts";
import type { Store } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export interface RetentionDeps {
  readonly store: Pick<Store, "calls" | "erasure" | "keyValues" | "prune">;
  /** Absent means that calls are kept for ever. */
  readonly days: number | undefined;
  /** Where the journals of calls are, if they are kept. */
  readonly journalDir?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly monotonic?: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "info" | "warn">;
}

const HOUR_MS = 60 * 60_000;

/**
 * Forgets, at the start and then every hour, what is too old to be kept, and what has been erased while
 * this process could not be told; gives the means to stop. Nothing is erased by a clock in doubt.
 */
export function startRetention(deps: RetentionDeps): () => Promise<void> {
  const { store, days, journalDir, now, setTimer, incidents, log } = deps;
  const { monotonic = () => performance.now() } = deps;
  const isPlausible = createClockGuard({
    keyValues: store.keyValues,
    newestCall: store.calls.newest,
    days,
    now,
    monotonic,
    incidents,
  });
  let closed = false;
  let working: Promise<void> | undefined;
  let cancelTimer = setTimer(forget, 0);

  function forget(): void {
    working = forgetOld().finally(() => {
      if (!closed) cancelTimer = setTimer(forget, HOUR_MS);
    });
  }

  async function forgetOld(): Promise<void> {
    if (journalDir !== undefined) {
      await attempt(
        "Journals of erased calls",
        () => forgetErasedJournals(journalDir, store.erasure.erasedAmong),
      );
    }
    await attempt("Old records", async () => {
      if (!await isPlausible()) return log.warn("Nothing erased by a clock in doubt", {});
      await attempt("Expired keys", () => store.prune(now()));
      if (days !== undefined && !closed) await forgetBefore(now() - days * 24 * HOUR_MS);
    });
  }

  async function forgetBefore(before: number): Promise<void> {
    await attempt("Old records", async () => {
      const erased = await store.erasure.eraseBefore(before);
      if (erased.calls > 0) log.info("Old calls forgotten", { ...erased });
    });
    if (journalDir === undefined) return;
    await attempt("Old journals", () => forgetOldJournals(journalDir, before));
  }

  /** What fails keeps nothing else from being forgotten. */
  async function attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      log.warn("Not forgotten", { what, error });
    }
  }

  return async function stopRetention() {
    closed = true;
    cancelTimer();
    await working;
    cancelTimer();
  };
}
