import {
  type BatchItemEnd,
  type BatchStore,
  type Budget,
  type CallRecord,
  type CallStore,
  type DialQueue,
} from "../store.ts";
import { dialRefusalCodes, isTransferOpen, spentBy } from "../spending.ts";
import type { ActiveCalls } from "./activeCalls.ts";
import { keyRefusalCodes } from "./keyRefusal.ts";
import { type OutboundJob, readJob, retryCallId } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { deadline } from "../../utils/deadline.ts";
import { sleep } from "../../utils/sleep.ts";

export interface CallFinalizerDeps extends Clock {
  readonly budget: Pick<Budget, "settle">;
  readonly queue: Pick<DialQueue, "admitAgain" | "find" | "remove">;
  readonly batchStore: Pick<BatchStore, "markEnded" | "isCancelled">;
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
  const { budget, queue, batchStore, callStore, callRecords, now, setTimer, log } = deps;
  const underWay = new Set<Promise<void>>();
  const waiting = new Map<string, () => void>();
  const listeners: (() => void)[] = [];

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
    /** Registers a listener for queued retries. */
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
    if (next !== undefined && !await isCancelled(next)) {
      const dueAt = now() + (next.retry?.afterMinutes ?? 0) * 60_000;
      await queue.admitAgain(callRecords.admission(next, dueAt), now(), call.id);
      for (const listener of listeners) listener();
      return;
    }
    await batchStore.markEnded(call.id, itemEndOf(call));
    // Last: after a crash, a call that is still queued is finalized again.
    await queue.remove(call.id);
  }

  async function isCancelled({ batch }: OutboundJob): Promise<boolean> {
    return batch !== undefined && await batchStore.isCancelled(batch.id);
  }
}

/** Refusals that a retry would repeat. */
const finalRefusals: ReadonlySet<string> = new Set([...keyRefusalCodes, ...dialRefusalCodes]);

/** The job of another attempt, where the request's rule asks for one. */
function nextAttempt(job: OutboundJob, { outcome, end }: CallRecord): OutboundJob | undefined {
  const { retry, attempt } = job;
  if (finalRefusals.has(end?.detail ?? "")) return undefined;
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

function itemEndOf({ outcome, end, callSid }: CallRecord): BatchItemEnd {
  if (outcome === "cancelled") return { state: "cancelled", detail: outcome };
  const why = end?.detail ?? end?.reason ?? "unknown";
  // A call without Twilio's id was never dialled.
  if (outcome === "failed" && callSid === undefined) return { state: "refused", detail: why };
  return { state: "ended", detail: outcome ?? why };
}
