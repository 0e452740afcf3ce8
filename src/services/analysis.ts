import type { CallAnalytics } from "./store/analytics.ts";
import type { CallFilter } from "./store/callList.ts";

/** Too many wait for sums already. */
export class AnalysisBusy extends Error {
  override readonly name = "AnalysisBusy";
}

export interface AnalysisDeps {
  readonly analyse: (filter: CallFilter) => Promise<CallAnalytics>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly monotonic?: () => number;
}

const DEFAULT_PERIOD_MS = 30 * 24 * 60 * 60_000;
const KEEP_MS = 5000;
const MAX_KEPT = 100;
const MAX_WAITING = 20;

interface Kept {
  readonly sums: Promise<CallAnalytics>;
  /** Monotonic; absent while they are being made. */
  madeAt?: number;
}

/**
 * Creates the function that sums up calls: one question at a time, however many ask, and the same one not
 * again within five seconds. Without a beginning, the last 30 days (before the end, if given) are meant.
 * Rejects with `AnalysisBusy` where too many wait.
 */
export function createAnalysis(
  { analyse, now, monotonic = () => performance.now() }: AnalysisDeps,
): (filter: CallFilter) => Promise<CallAnalytics> {
  const kept = new Map<string, Kept>();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  return function sumUp(filter) {
    const question = JSON.stringify(Object.entries(filter).sort());
    forgetOld();
    const known = kept.get(question);
    if (known !== undefined) return known.sums;
    if (waiting >= MAX_WAITING) {
      return Promise.reject(new AnalysisBusy("Cannot sum up calls: too many wait for sums"));
    }
    waiting++;
    const { since = (filter.until ?? now()) - DEFAULT_PERIOD_MS } = filter;
    const sums = last.then(() => analyse({ ...filter, since })).finally(() => waiting--);
    last = sums.catch(() => {});
    const entry: Kept = { sums };
    kept.set(question, entry);
    sums.then(() => entry.madeAt = monotonic(), () => kept.delete(question));
    return sums;
  };

  function forgetOld(): void {
    for (const [question, { madeAt }] of kept) {
      if (madeAt === undefined) continue;
      if (monotonic() - madeAt > KEEP_MS || kept.size > MAX_KEPT) kept.delete(question);
    }
  }
}
