import type { CallAnalytics, CallFilter } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";

/** Too many queries wait already. */
export class AnalyticsBusy extends Error {
  override readonly name = "AnalyticsBusy";
}

/** `now` is in milliseconds since 1970. */
export interface AnalyticsQueueDeps extends Pick<Clock, "now"> {
  readonly analyse: (filter: CallFilter) => Promise<CallAnalytics>;
  readonly monotonic?: () => number;
}

const DEFAULT_PERIOD_MS = 30 * 24 * 60 * 60_000;
/** A result is kept ten times as long as it took, up to five seconds. */
const KEEP_FACTOR = 10;
const KEEP_AT_MOST_MS = 5000;
const MAX_KEPT = 100;
const MAX_WAITING = 20;

interface Kept {
  readonly analytics: Promise<CallAnalytics>;
  /** Monotonic; absent while the query runs. */
  keepUntil?: number;
}

/**
 * Creates the function that analyses calls: one query at a time, and the same one not again within ten
 * times as long as it took, up to five seconds. `since` is 30 days before `until`, or before now, where it
 * is absent. Rejects with `AnalyticsBusy` where too many wait.
 */
export function createAnalyticsQueue(
  { analyse, now, monotonic = () => performance.now() }: AnalyticsQueueDeps,
): (filter: CallFilter) => Promise<CallAnalytics> {
  const kept = new Map<string, Kept>();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  return function analyseCalls(filter) {
    const key = JSON.stringify(Object.entries(filter).sort());
    dropOld();
    const known = kept.get(key);
    if (known !== undefined) return known.analytics;
    if (waiting >= MAX_WAITING) {
      return Promise.reject(new AnalyticsBusy("Cannot sum up calls: too many wait for sums"));
    }
    waiting++;
    const { since = (filter.until ?? now()) - DEFAULT_PERIOD_MS } = filter;
    let beganAt = 0;
    const analytics = last.then(() => {
      beganAt = monotonic();
      return analyse({ ...filter, since });
    }).finally(() => waiting--);
    last = analytics.catch(() => {});
    const entry: Kept = { analytics };
    kept.set(key, entry);
    analytics.then(() => {
      const at = monotonic();
      entry.keepUntil = at + Math.min(KEEP_AT_MOST_MS, KEEP_FACTOR * (at - beganAt));
    }, () => kept.delete(key));
    return analytics;
  };

  function dropOld(): void {
    for (const [key, { keepUntil }] of kept) {
      if (keepUntil === undefined) continue;
      if (monotonic() > keepUntil || kept.size > MAX_KEPT) kept.delete(key);
    }
  }
}
