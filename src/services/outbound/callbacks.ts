import type { CallSession } from "../../call/sessionApi.ts";
import { type CallProgress, isFinal } from "../twilioOutbound.ts";
import type { CallRecord, CallStore, DialQueue } from "../store.ts";
import { endOf, outcomeOf } from "../records.ts";
import { type OutboundJob, readJob } from "./outboundJob.ts";
import type { ActiveCall, ActiveCalls } from "./activeCalls.ts";
import { type AmdCallbacksDeps, createAmdCallbacks } from "./amd/amdCallbacks.ts";
import type { Log } from "../../utils/logger.ts";

/** What the phone network tells of placed calls, wherever they were placed. */
export interface Callbacks {
  status(callSid: string, progress: CallProgress, callId?: string): void;
  answeredBy(callSid: string, who: string, callId?: string): void;
  sessionFor(
    callId: string,
    callSid: string,
  ): CallSession | undefined | Promise<CallSession | undefined>;
}

export interface CallbacksDeps extends Omit<AmdCallbacksDeps, "elsewhere" | "placed"> {
  readonly placed: ActiveCalls;
  readonly queue: Pick<DialQueue, "find">;
  readonly store: Pick<CallStore, "get">;
  /** A call of which nothing was known has made itself known. */
  readonly bound: (call: ActiveCall) => void;
  readonly log: Pick<Log, "warn">;
}

export function createCallbacks(deps: CallbacksDeps): Callbacks {
  const { placed, records, queue, store, bound, log } = deps;
  const verdicts = createAmdCallbacks({ ...deps, elsewhere });

  return {
    status(callSid, progress, callId) {
      const call = here(callSid, callId);
      if (call !== undefined) return placed.take(call, progress);
      if (callId === undefined) return;
      elsewhere(callId).then((other) => {
        if (other !== undefined) takeForOther(other, callSid, progress);
      }).catch((error) => log.warn("Callback not taken in", { callId, error }));
    },
    answeredBy(callSid, who, callId) {
      const call = here(callSid, callId);
      const id = call?.job.callId ?? callId;
      if (id === undefined) return;
      const judged = call === undefined
        ? verdicts.there(id, callSid, who)
        : verdicts.here(call, callSid, who);
      judged.catch((error) => log.warn("Callback not taken in", { callId: id, error }));
    },
    sessionFor(callId, callSid) {
      const call = here(callSid, callId);
      if (call !== undefined) return call.callSid === callSid ? placed.open(call) : undefined;
      return elsewhere(callId).then((other) => {
        if (other === undefined) return undefined;
        // Meanwhile another request may have done the same.
        const adopted = placed.get(callId) ?? placed.add(other.job);
        placed.bind(adopted, callSid);
        return placed.open(adopted);
      });
    },
  };

  function here(callSid: string, callId: string | undefined): ActiveCall | undefined {
    const known = placed.bySid(callSid);
    if (known !== undefined || callId === undefined) return known;
    const call = placed.get(callId);
    if (call === undefined || call.callSid !== undefined) return call;
    placed.bind(call, callSid);
    bound(call);
    return call;
  }

  /** A call of another process, or of this one before it was started again. */
  async function elsewhere(
    callId: string,
  ): Promise<{ readonly job: OutboundJob; readonly record: CallRecord } | undefined> {
    const job = readJob((await queue.find(callId))?.payload);
    const record = await store.get(callId);
    return job === undefined || record === undefined || record.status === "ended"
      ? undefined
      : { job, record };
  }

  function takeForOther(
    { job, record }: { readonly job: OutboundJob; readonly record: CallRecord },
    callSid: string,
    { status }: CallProgress,
  ): void {
    records.changed(job.callId, { callSid, ...(status === "ringing" && { status }) });
    // A conversation is ended by the process that holds it: it knows what was said.
    if (!isFinal(status) || status === "completed" || record.status === "live") return;
    records.ended(job, endOf(status), outcomeOf(status));
  }
}
