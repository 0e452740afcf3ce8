import type { Budget, CallRecord, CallStore, DialQueue } from "../store.ts";
import { isTransferOpen, spentBy } from "../spending.ts";
import type { ActiveCalls } from "./activeCalls.ts";
import { type BatchCallEndsDeps, createBatchCallEnds } from "./batch/batchCallEnds.ts";
import { isFinalRefusal } from "./finalRefusals.ts";
import { type OutboundJob, readJob, retryCallId } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { deadline } from "../../utils/deadline.ts";
import { sleep } from "../../utils/sleep.ts";

export interface CallFinalizerDeps extends Clock, BatchCallEndsDeps {
  readonly budget: Pick<Budget, "settle">;
  readonly queue: Pick<DialQueue, "admitAgain" | "find" | "remove">;
  readonly callStore: Pick<CallStore, "get">;
  readonly callRecords: PlacedCallRecords;
  readonly activeCalls: Pick<ActiveCalls, "remove">;
  readonly log: Pick<Log, "warn">;
}

/** How long a hang-up waits, so that the client can place its next call at once. */
const PATIENCE_MS = 2000;
const MAX_TRIES = 5;

export type CallFinalizer = ReturnType<typeof createCallFinalizer>;

/** What follows the end of a placed call: budget, retry, batch and queue. */
export function createCallFinalizer(deps: CallFinalizerDeps) {
  const { budget, queue, callStore, callRecords, now, setTimer, log } = deps;
  const underWay = new Set<Promise<void>>();
  const waiting = new Map<string, () => void>();
  const listeners: (() => void)[] = [];
  const endBatchCall = createBatchCallEnds(deps);

  return {
    /** For a call whose record is complete; undefined for one that was not placed. */
    finalize(call: CallRecord): Promise<void> | undefined {
      if (call.direction !== "outbound") return undefined;
      const work = finalizeWithRetries(call).finally(() => {
        underWay.delete(work);
        deps.activeCalls.remove(call.id);
        waiting.get(call.id)?.();
      });
      underWay.add(work);
      return work;
    },
    /** Settles when the call's place in the budget is free again, or after 2 s. */
    async whenFinalized(callId: string): Promise<void> {
      const record = await callStore.get(callId);
      if (record?.status === "ended" && await queue.find(callId) === undefined) return;
      const done = Promise.withResolvers<void>();
      waiting.set(callId, done.resolve);
      await deadline(done.promise, PATIENCE_MS, setTimer).catch(() => {});
      if (waiting.get(callId) === done.resolve) waiting.delete(callId);
    },
    /** Registers a listener for queued retries and for calls that are over: others may have their place. */
    onRetry: (listener: () => void): void => void listeners.push(listener),
    /** Settles when nothing is being finalized any more. */
    async close(): Promise<void> {
      for (const done of [...waiting.values()]) done();
      await Promise.all(underWay);
    },
  };

  async function finalizeWithRetries(call: CallRecord): Promise<void> {
    for (let tries = 1;; tries++) {
      try {
        return await finalizeOnce(call);
      } catch (error) {
        log.warn("Call not finalized", { callId: call.id, tries, error });
        if (tries >= MAX_TRIES) return;
        await sleep(500 * tries, { setTimer });
      }
    }
  }

  async function finalizeOnce(call: CallRecord): Promise<void> {
    const queued = await queue.find(call.id);
    const job = readJob(queued?.payload);
    // A transferred call keeps its reservation until the transfer ends.
    if (!isTransferOpen(call)) await budget.settle(call.id, spentBy(call));
    const next = job && nextAttempt(job, call);
    if (next !== undefined) {
      const dueAt = now() + (next.retry?.afterMinutes ?? 0) * 60_000;
      await queue.admitAgain(callRecords.admission(next, dueAt), now(), call.id);
    } else {
      await endBatchCall(job, call);
      // Last: after a crash, a call that is still queued is finalized again.
      await queue.remove(call.id);
    }
    for (const listener of listeners) listener();
  }
}

/** The job of another attempt, where the request's rule asks for one. */
function nextAttempt(job: OutboundJob, { outcome, end }: CallRecord): OutboundJob | undefined {
  const { retry, attempt } = job;
  // Items of batches are tried again by their batch's plan.
  if (job.batch !== undefined || isFinalRefusal(end?.detail)) return undefined;
  if (retry === undefined || attempt > retry.times || outcome === undefined) return undefined;
  if (!retry.on.some((each) => each === outcome)) return undefined;
  // The minutes were reserved for this attempt; the next one reserves its own.
  const { minutes: _spent, ...request } = job;
  return {
    ...request,
    callId: retryCallId(job),
    attempt: attempt + 1,
    retryOf: job.retryOf ?? job.callId,
  };
}
