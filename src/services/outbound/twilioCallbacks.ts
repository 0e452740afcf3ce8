import type { CallSession } from "../../call/sessionApi.ts";
import { type CallProgress, isFinal } from "../twilioOutbound.ts";
import type { ResumedCalls } from "../calls.ts";
import type { CallBudget } from "../spending.ts";
import type { CallStore, DialQueue } from "../store.ts";
import { endOf, outcomeOf } from "../records.ts";
import type { ActiveCall, ActiveCalls } from "./activeCalls.ts";
import {
  type AmdCallbacksDeps,
  type CallElsewhere,
  createAmdCallbacks,
} from "./amd/amdCallbacks.ts";
import { readJob } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { UnresolvedCalls } from "./unresolvedCalls.ts";
import type { Log } from "../../utils/logger.ts";

export interface TwilioCallbacksDeps extends Omit<AmdCallbacksDeps, "findElsewhere"> {
  readonly activeCalls: ActiveCalls;
  readonly callRecords: Pick<PlacedCallRecords, "update" | "end">;
  readonly unresolvedCalls: Pick<UnresolvedCalls, "unwatch">;
  readonly queue: Pick<DialQueue, "find">;
  readonly callStore: Pick<CallStore, "get">;
  readonly resumedCalls: Pick<ResumedCalls, "read">;
  readonly callBudget: Pick<CallBudget, "reserve">;
  readonly maxCallMs: number;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Pick<Log, "warn">;
}

/** Twilio's callbacks about placed calls, whichever process placed them. */
export function createTwilioCallbacks(deps: TwilioCallbacksDeps) {
  const { activeCalls, callRecords, unresolvedCalls, queue, callStore, log } = deps;
  const { resumedCalls, callBudget } = deps;
  const amdCallbacks = createAmdCallbacks({ ...deps, findElsewhere });

  return {
    /**
     * Applies a status callback; they come in any order and more than once. With `callId` also one that
     * comes before Twilio's answer to the request for the call.
     */
    onStatus(callSid: string, progress: CallProgress, callId?: string): void {
      const call = findLocal(callSid, callId);
      if (call !== undefined) return activeCalls.applyProgress(call, progress);
      if (callId === undefined) return;
      findElsewhere(callId).then((other) => {
        if (other !== undefined) recordProgress(other, callSid, progress);
      }).catch((error) => log.warn("Callback not applied", { callId, error }));
    },
    /** Applies an AMD result. */
    onAnsweredBy(callSid: string, answeredBy: string, callId?: string): void {
      const call = findLocal(callSid, callId);
      const id = call?.job.callId ?? callId;
      if (id === undefined) return;
      const applied = call === undefined
        ? amdCallbacks.remote(id, callSid, answeredBy)
        : amdCallbacks.local(call, callSid, answeredBy);
      applied.catch((error) => log.warn("Callback not applied", { callId: id, error }));
    },
    /** The session of a call that has been answered; at once where this process placed it. */
    sessionFor(
      callId: string,
      callSid: string,
    ): CallSession | undefined | Promise<CallSession | undefined> {
      const call = findLocal(callSid, callId);
      if (call !== undefined) {
        return call.callSid === callSid ? activeCalls.openSession(call) : undefined;
      }
      return adopt(callId, callSid);
    },
  };

  async function adopt(callId: string, callSid: string): Promise<CallSession | undefined> {
    const other = await findElsewhere(callId);
    const stored = other && await resumedCalls.read(callId);
    if (other === undefined || stored === undefined) return undefined;
    const { job } = other;
    // The minutes that were reserved for it before it was dialled; reserving them again adds nothing.
    const reserved = await callBudget.reserve(job, deps.maxCallMs, deps.now());
    const maxMs = reserved.ok ? reserved.minutes * 60_000 : deps.maxCallMs;
    // Another request may have adopted the call during the look-up.
    const adopted = activeCalls.get(callId) ?? activeCalls.register(job);
    activeCalls.bindSid(adopted, callSid);
    const session = activeCalls.resumeSession(adopted, stored, maxMs);
    amdCallbacks.adopted(adopted);
    return session;
  }

  function findLocal(callSid: string, callId: string | undefined): ActiveCall | undefined {
    const known = activeCalls.bySid(callSid);
    if (known !== undefined || callId === undefined) return known;
    const call = activeCalls.get(callId);
    if (call === undefined || call.callSid !== undefined) return call;
    activeCalls.bindSid(call, callSid);
    unresolvedCalls.unwatch(callId);
    return call;
  }

  /** A call of another process, or of this one before it was restarted. */
  async function findElsewhere(callId: string): Promise<CallElsewhere | undefined> {
    const job = readJob((await queue.find(callId))?.payload);
    const record = await callStore.get(callId);
    return job === undefined || record === undefined || record.status === "ended"
      ? undefined
      : { job, record };
  }

  function recordProgress(
    { job, record }: CallElsewhere,
    callSid: string,
    { status }: CallProgress,
  ): void {
    callRecords.update(job.callId, { callSid, ...(status === "ringing" && { status }) });
    // A conversation is ended by the process that holds it: it knows what was said.
    if (!isFinal(status) || status === "completed" || record.status === "live") return;
    callRecords.end(job, endOf(status), outcomeOf(status));
  }
}
