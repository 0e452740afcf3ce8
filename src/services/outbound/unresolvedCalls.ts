import type { CallBudget } from "../spending.ts";
import type { CallStore, DialQueue, QueuedCall, StoredResponse } from "../store.ts";
import { type TwilioCalls, warnUnlessAway } from "../twilioOutbound.ts";
import type { ActiveCall, ActiveCalls } from "./activeCalls.ts";
import type { CallFinalizer } from "./callFinalizer.ts";
import { awaitStore, OutcomeUnknown } from "./outboundErrors.ts";
import { type OutboundJob, readJob } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export interface UnresolvedCallsDeps extends Clock {
  readonly twilio: Pick<TwilioCalls, "list" | "fetch">;
  readonly callStore: Pick<CallStore, "get" | "bySid">;
  readonly queue: Pick<DialQueue, "overdue" | "remove">;
  readonly activeCalls: ActiveCalls;
  readonly callRecords: Pick<PlacedCallRecords, "update" | "end">;
  readonly callBudget: Pick<CallBudget, "release">;
  readonly finalizer: Pick<CallFinalizer, "finalize">;
  readonly log: Pick<Log, "info" | "warn">;
}

const POLL_MS = 5000;
/** Longer than the timeout of a create request. */
const OVERDUE_MS = 30_000;
/** New calls are not listed at once; a call that is not listed after this was never placed. */
const CERTAIN_AFTER_MS = 60_000;
/** Twilio's times are whole seconds, by another clock. */
const CLOCK_SLACK_MS = 5000;

export type UnresolvedCalls = ReturnType<typeof createUnresolvedCalls>;

/**
 * Create requests that timed out, or whose process died: resolved from Twilio's list of calls and never
 * repeated, as Twilio has no idempotency key.
 */
export function createUnresolvedCalls(deps: UnresolvedCallsDeps) {
  const { twilio, callStore, queue, activeCalls, callRecords, now, setTimer, log } = deps;
  const watched = new Map<string, () => void>();

  return {
    /** Polls Twilio's list until it is known whether the call was placed. */
    watch,
    /** Stops polling: a callback has named the call's id. */
    unwatch,
    /** The answer to the request for the call. Rejects with `OutcomeUnknown`. */
    async answerOf(callId: string): Promise<StoredResponse> {
      const callSid = activeCalls.get(callId)?.callSid ??
        (await awaitStore(callStore.get(callId)))?.callSid;
      if (callSid === undefined) throw new OutcomeUnknown(callId);
      return { status: 200, body: { success: true, callSid, callId } };
    },
    /** Resolves calls that a process was dialling when it died. */
    async reconcile(): Promise<void> {
      for (const queued of await queue.overdue(now() - OVERDUE_MS)) {
        if (activeCalls.get(queued.callId) !== undefined) continue;
        // A failed look-up does not stop the others.
        await reconcileOne(queued).catch((error) =>
          warnUnlessAway(log, "Call look-up failed", { callId: queued.callId, error })
        );
      }
    },
    close(): void {
      for (const cancel of watched.values()) cancel();
      watched.clear();
    },
  };

  function watch(call: ActiveCall, dialledAt: number): void {
    const { callId } = call.job;
    unwatch(callId);
    watched.set(
      callId,
      setTimer(() => {
        resolve(call, dialledAt).catch((error) => {
          warnUnlessAway(log, "Call look-up failed", { callId, error });
          return false;
        }).then((isResolved) => {
          if (isResolved) unwatch(callId);
          else if (watched.has(callId)) watch(call, dialledAt);
        });
      }, POLL_MS),
    );
  }

  function unwatch(callId: string): void {
    watched.get(callId)?.();
    watched.delete(callId);
  }

  async function resolve(call: ActiveCall, dialledAt: number): Promise<boolean> {
    const found = await find(call.job, dialledAt);
    if (call.callSid !== undefined) return true;
    if (found === "not_yet") return false;
    if (found === "not_placed") {
      await giveUp(call.job);
      return true;
    }
    activeCalls.bindSid(call, found.callSid);
    log.info("Call found at Twilio", { callId: call.job.callId });
    const { status } = await twilio.fetch(found.callSid);
    activeCalls.applyProgress(call, { status });
    return true;
  }

  async function reconcileOne({ callId, payload, claimedAt }: QueuedCall): Promise<void> {
    const record = await callStore.get(callId);
    const job = readJob(payload);
    if (job === undefined || record === undefined) {
      await queue.remove(callId);
      return;
    }
    // The process died before it finalized the call.
    if (record.status === "ended") return void deps.finalizer.finalize(record);
    // A call with Twilio's id is handled by the process that holds it.
    if (record.callSid !== undefined) return;
    const found = await find(job, claimedAt ?? job.requestedAt);
    if (found === "not_placed") await giveUp(job);
    else if (found !== "not_yet") callRecords.update(callId, { callSid: found.callSid });
  }

  /** Looks a call up by its numbers and its time: Twilio keeps no id of ours. */
  async function find(
    job: OutboundJob,
    dialledAt: number,
  ): Promise<{ readonly callSid: string } | "not_placed" | "not_yet"> {
    const record = await callStore.get(job.callId);
    if (record?.callSid !== undefined) return { callSid: record.callSid };
    for (const { sid: callSid, createdAt = 0 } of await twilio.list(job)) {
      if (createdAt < dialledAt - CLOCK_SLACK_MS) continue;
      if (createdAt > dialledAt + CERTAIN_AFTER_MS) continue;
      // A known one belongs to another request for the same number.
      if (activeCalls.bySid(callSid) !== undefined) continue;
      if (await callStore.bySid(callSid) === undefined) return { callSid };
    }
    return now() - dialledAt < CERTAIN_AFTER_MS ? "not_yet" : "not_placed";
  }

  async function giveUp(job: OutboundJob): Promise<void> {
    await deps.callBudget.release(job.callId);
    callRecords.end(job, { reason: "not_answered", detail: "outcome_unknown" }, "unknown");
  }
}
