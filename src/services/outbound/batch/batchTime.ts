import type { DialPolicy } from "../../spending.ts";
import type { BatchHead } from "../../store.ts";
import { CallWithdrawn } from "../outboundErrors.ts";
import { readPlan } from "./batchPlan.ts";

/** A call of a paused batch is looked at again after that, or as soon as the batch is resumed. */
const PAUSED_MS = 60_000;

/**
 * When a queued call of a batch may be dialled, by the batch alone; undefined for at once. Throws
 * `CallWithdrawn` where the batch has been cancelled or its time is over.
 */
export function batchTime(
  batch: BatchHead | undefined,
  number: string,
  { policy, now }: { readonly policy: Pick<DialPolicy, "nextWithinWeek">; readonly now: number },
): number | undefined {
  if (batch === undefined) return undefined;
  const { state, endsAt = Infinity, plan } = batch;
  if (state === "cancelled") throw new CallWithdrawn("batch_cancelled");
  if (endsAt <= now) throw new CallWithdrawn("batch_expired");
  if (state === "paused") return now + PAUSED_MS;
  const { week } = readPlan(plan);
  const opensAt = week === undefined ? now : policy.nextWithinWeek(number, week, now);
  return opensAt === now ? undefined : opensAt ?? now + PAUSED_MS;
}
