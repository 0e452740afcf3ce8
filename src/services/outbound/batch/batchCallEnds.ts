import type { Clock } from "../../../utils/clock.ts";
import { type DialPolicy, spentBy } from "../../spending.ts";
import { type BatchItemEnd, type BatchStore, type CallRecord, connectedMsOf } from "../../store.ts";
import { isFinalRefusal } from "../finalRefusals.ts";
import { type OutboundJob, retryRule } from "../outboundJob.ts";
import { type BatchRetry, readPlan } from "./batchPlan.ts";
import { retryTime } from "./retryTime.ts";

/** `now` is in milliseconds since 1970. */
export interface BatchCallEndsDeps extends Pick<Clock, "now"> {
  readonly batchStore: Pick<BatchStore, "attemptsOf" | "endCall">;
  readonly policy: () => Promise<DialPolicy>;
}

/**
 * Creates the function that notes the end of a call in its batch, where it has one, and decides whether
 * its item is dialled again.
 */
export function createBatchCallEnds({ batchStore, policy, now }: BatchCallEndsDeps) {
  return async function endBatchCall(
    job: OutboundJob | undefined,
    call: CallRecord,
  ): Promise<void> {
    if (job !== undefined && job.batch === undefined) return;
    const attempts = await batchStore.attemptsOf(call.id);
    if (attempts === undefined) return;
    const { batch } = attempts;
    const { retries, breaker } = readPlan(batch.plan);
    const { outcome, end, callSid, cost } = call;
    const at = now();
    const isOpen = batch.state !== "cancelled" && at < (batch.endsAt ?? Infinity);
    const mayRetry = job !== undefined && isOpen && !isFinalRefusal(end?.detail) &&
      call.to !== undefined;
    const retryAt = !mayRetry ? undefined : retryTime({
      ...{ number: call.to, outcome, attempts, now: at, policy: await policy() },
      rules: retries.length > 0 ? retries : olderRule(batch.request),
    });
    await batchStore.endCall(
      call.id,
      {
        at,
        outcome,
        detail: end?.detail ?? end?.reason,
        durationMs: connectedMsOf(call),
        usd: cost === undefined && callSid === undefined ? undefined : spentBy(call).usd,
        isFailure: outcome === "unknown" || outcome === "failed" && !isFinalRefusal(end?.detail),
      },
      retryAt === undefined ? itemEndOf(call) : { retryAt },
      breaker,
    );
  };
}

/** Of batches that were stored before plans were. */
function olderRule(request: unknown): readonly BatchRetry[] {
  const rule = retryRule.safeParse((request as { readonly retry?: unknown } | undefined)?.retry);
  return rule.success ? [rule.data] : [];
}

function itemEndOf({ outcome, end, callSid }: CallRecord): BatchItemEnd {
  if (end?.detail === "batch_expired") return { state: "expired", detail: "expired" };
  if (outcome === "cancelled") return { state: "cancelled", detail: outcome };
  const why = end?.detail ?? end?.reason ?? "unknown";
  // A call without Twilio's id was never dialled.
  if (outcome === "failed" && callSid === undefined) return { state: "refused", detail: why };
  return { state: "ended", detail: outcome ?? why };
}
