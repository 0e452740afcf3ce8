import type { CallRecord, CallStore, DialQueue, QueuedCall, StoredResponse } from "../store.ts";
import type { TwilioCalls } from "../twilioOutbound.ts";
import type { Reservation } from "./reservation.ts";
import { findUnresolvedCall } from "./findUnresolvedCall.ts";
import { type OutboundJob, readJob } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { ActiveCall, ActiveCalls } from "./activeCalls.ts";
import { OutcomeUnknown } from "./outboundErrors.ts";
import { stored } from "./placementDeadline.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** Calls of which nobody can tell yet whether they were placed: they are looked for, and never repeated. */
export interface UnresolvedCalls {
  watch(call: ActiveCall, dialledAt: number): void;
  /** The call has made itself known. */
  found(call: ActiveCall): void;
  /** What whoever asked for the call is to be told. Rejects with `OutcomeUnknown`. */
  answerOf(callId: string): Promise<StoredResponse>;
  /** Looks after calls that a process was dialling when it died. */
  reconcile(): Promise<void>;
  close(): void;
}

export interface UnresolvedCallsDeps {
  readonly calls: Pick<TwilioCalls, "list" | "fetch">;
  readonly store: Pick<CallStore, "get" | "bySid">;
  readonly queue: Pick<DialQueue, "find" | "overdue" | "remove">;
  readonly placed: ActiveCalls;
  readonly records: PlacedCallRecords;
  readonly reservation: Reservation;
  /** Does what remains to be done for a call whose record is complete. */
  readonly settle: (call: CallRecord) => void;
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "info" | "warn">;
}

const LOOK_MS = 5000;
/** Longer than the phone network is given to answer. */
const OVERDUE_MS = 30_000;

export function createUnresolvedCalls(deps: UnresolvedCallsDeps): UnresolvedCalls {
  const { calls, store, queue, placed, records, reservation, now, setTimer, log } = deps;
  const watched = new Map<string, () => void>();

  return {
    watch,
    found: ({ job }) => unwatch(job.callId),
    async answerOf(callId) {
      const call = placed.get(callId);
      if (call?.callSid !== undefined) return answer(callId, call.callSid);
      const record = await stored(store.get(callId));
      if (record?.callSid !== undefined) return answer(callId, record.callSid);
      throw new OutcomeUnknown(callId);
    },
    async reconcile() {
      for (const queued of await queue.overdue(now() - OVERDUE_MS)) {
        if (placed.get(queued.callId) !== undefined) continue;
        // One that cannot be looked for keeps nobody from the others.
        await reconcileOne(queued).catch((error) =>
          log.warn("Call not looked for", { callId: queued.callId, error })
        );
      }
    },
    close() {
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
        look(call, dialledAt).catch((error) => {
          log.warn("Call not looked for", { callId, error });
          return false;
        }).then((isSettled) => {
          if (isSettled) unwatch(callId);
          else if (watched.has(callId)) watch(call, dialledAt);
        });
      }, LOOK_MS),
    );
  }

  function unwatch(callId: string): void {
    watched.get(callId)?.();
    watched.delete(callId);
  }

  async function look(call: ActiveCall, dialledAt: number): Promise<boolean> {
    const found = await find(call.job, dialledAt);
    if (call.callSid !== undefined) return true;
    if (found.found === "not_yet") return false;
    if (found.found === "no") {
      await giveUp(call.job);
      return true;
    }
    placed.bind(call, found.callSid);
    log.info("Call found again", { callId: call.job.callId });
    const { status } = await calls.fetch(found.callSid);
    placed.take(call, { status });
    return true;
  }

  async function reconcileOne({ callId, payload, takenAt }: QueuedCall): Promise<void> {
    const record = await store.get(callId);
    const job = readJob(payload);
    if (job === undefined || record === undefined) {
      await queue.remove(callId);
      return;
    }
    // A process died between the end of the call and what follows from it.
    if (record.status === "ended") return deps.settle(record);
    // One that is known is under way somewhere, and looked after there.
    if (isKnown(record)) return;
    const found = await find(job, takenAt ?? job.requestedAt);
    if (found.found === "yes") records.changed(callId, { callSid: found.callSid });
    if (found.found === "no") await giveUp(job);
  }

  function find(job: OutboundJob, dialledAt: number) {
    const isKnown = (callSid: string) => placed.bySid(callSid) !== undefined;
    return findUnresolvedCall(job, dialledAt, { calls, store, isKnown, now });
  }

  async function giveUp(job: OutboundJob): Promise<void> {
    await reservation.release(job.callId);
    records.ended(job, { reason: "not_answered", detail: "outcome_unknown" }, "unknown");
  }
}

function isKnown({ callSid }: CallRecord): boolean {
  return callSid !== undefined;
}

function answer(callId: string, callSid: string): StoredResponse {
  return { status: 200, body: { success: true, callSid, callId } };
}
