import type { Prices } from "../spending.ts";
import type { CallFilter, CallStore } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import { createAnalyticsQueue, ofLastDays } from "./analyticsQueue.ts";
import { pricedRetention } from "./pricedRetention.ts";

/** What is made of many calls; each rejects with `AnalyticsBusy` where too many wait. */
export type Analytics = ReturnType<typeof openAnalytics>;

/** Analytics of the store's calls, in one queue. */
export function openAnalytics({ calls, prices, now, monotonic }: Pick<Clock, "now"> & {
  readonly calls: Pick<CallStore, "analyse" | "series" | "retention">;
  readonly prices: Prices;
  readonly monotonic?: () => number;
}) {
  const queued = createAnalyticsQueue({ ...(monotonic && { monotonic }) });
  return {
    sums: queued(ofLastDays(calls.analyse, { now })),
    series: queued(calls.series),
    retention: queued(
      ofLastDays(
        async (filter: CallFilter) => pricedRetention(await calls.retention(filter), prices),
        { now },
      ),
    ),
  };
}
