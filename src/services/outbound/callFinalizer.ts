import {
  type BatchItemEnd,
  type BatchStore,
  type Budget,
  type CallRecord,
  type CallStore,
  type DialQueue,
  isTransferOpen,
  spentBy,
} from "../store.ts";
import type { DialRefusal } from "../spending.ts";
import { type OutboundJob, readJob, retryCallId } from "./outboundJob.ts";
import type { KeyRefusalCode } from "./keyCheck.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** Puts in order what is left of a placed call when its record is complete. */
export interface CallFinalizer {
  settle(call: CallRecord): Promise<void> | undefined;
  /** Settles when the call's place is free again, or after a while. */
  settled(callId: string): Promise<void>;
  /** Settles when nothing is being settled any more. */
  close(): Promise<void>;
}

export interface CallFinalizerDeps {
  readonly budget: Pick<Budget, "settle">;
  readonly queue: Pick<DialQueue, "find" | "remove">;
  readonly batches: Pick<BatchStore, "ended" | "isCancelled">;
  readonly calls: Pick<CallStore, "get">;
  /** Puts another attempt into the queue, from which the call before leaves in the same step. */
  readonly tryAgain: (job: OutboundJob, dueAt: number, callId: string) => Promise<void>;
  readonly forget: (callId: string) => void;
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
}

/** Whoever hangs up may call again at once, unless the store takes longer than this. */
const PATIENCE_MS = 2000;
const MAX_TRIES = 5;

export function createCallFinalizer(deps: CallFinalizerDeps): CallFinalizer {
  const { budget, queue, batches, calls, tryAgain, forget, now, setTimer, log } = deps;
  const underWay = new Set<Promise<void>>();
  const waiting = new Map<string, () => void>();

  async function settle(call: CallRecord): Promise<void> {
    const queued = await queue.find(call.id);
    const job = readJob(queued?.payload);
    // One that goes on with a person keeps its place until that is over too.
    if (!isTransferOpen(call)) await budget.settle(call.id, spentBy(call));
    const next = job && nextAttempt(job, call);
    if (next !== undefined && !await isUnwanted(next)) {
      return await tryAgain(next, now() + (next.retry?.afterMinutes ?? 0) * 60_000, call.id);
    }
    await batches.ended(call.id, itemEndOf(call));
    // Last, so that what a crash has left undone is done again.
    await queue.remove(call.id);
  }

  async function isUnwanted({ batch }: OutboundJob): Promise<boolean> {
    return batch !== undefined && await batches.isCancelled(batch.id);
  }

  async function settleAtLast(call: CallRecord): Promise<void> {
    for (let tries = 1;; tries++) {
      try {
        return await settle(call);
      } catch (error) {
        log.warn("Call not settled", { callId: call.id, tries, error });
        if (tries >= MAX_TRIES) return;
        await new Promise<void>((resolve) => setTimer(resolve, 500 * tries));
      }
    }
  }

  return {
    settle(call) {
      if (call.direction !== "outbound") return undefined;
      const work = settleAtLast(call).finally(() => {
        underWay.delete(work);
        forget(call.id);
        waiting.get(call.id)?.();
      });
      underWay.add(work);
      return work;
    },
    async settled(callId) {
      const record = await calls.get(callId);
      if (record?.status === "ended" && await queue.find(callId) === undefined) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          cancel();
          waiting.delete(callId);
          resolve();
        };
        const cancel = setTimer(done, PATIENCE_MS);
        waiting.set(callId, done);
      });
    },
    async close() {
      for (const done of [...waiting.values()]) done();
      await Promise.all(underWay);
    },
  };
}

/** Calls that may not be placed at all: another attempt would come to the same. */
const refusals: Readonly<Record<KeyRefusalCode | DialRefusal["code"], true>> = {
  key_removed: true,
  key_expired: true,
  key_revoked: true,
  scope_missing: true,
  do_not_call: true,
  outside_hours: true,
  not_ascii_digits: true,
  extension: true,
  emergency_number: true,
  short_number: true,
  not_e164: true,
  not_a_real_number: true,
  satellite: true,
  premium_rate: true,
  shared_cost: true,
  no_person_there: true,
  not_a_country: true,
  country_not_allowed: true,
  number_denied: true,
  number_not_allowed: true,
  own_number: true,
};

/** The job of another attempt, where the request's rule asks for one. */
function nextAttempt(job: OutboundJob, { outcome, end }: CallRecord): OutboundJob | undefined {
  const { retry, attempt } = job;
  if (Object.hasOwn(refusals, end?.detail ?? "")) return undefined;
  if (retry === undefined || attempt > retry.times || outcome === undefined) return undefined;
  if (!retry.on.some((each) => each === outcome)) return undefined;
  // What was set aside for this attempt is spent; the next one asks for its own.
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
  // What never had an id was never dialled.
  if (outcome === "failed" && callSid === undefined) {
    return { state: "refused", detail: why };
  }
  return { state: "ended", detail: outcome ?? why };
}
