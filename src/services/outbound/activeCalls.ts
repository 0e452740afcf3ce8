import type { CallEvent } from "../../call/callEvent.ts";
import { CallRefused, type CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import { type CallRequest, isCallEnd } from "../../call/types.ts";
import {
  advance,
  type CallProgress,
  isFinal,
  type SpokenMessage,
  type TwilioCalls,
  warnUnlessAway,
} from "../twilioOutbound.ts";
import type { ProcessHandover, ResumedCalls, StoredCall } from "../calls.ts";
import { endOf, outcomeOf } from "../records.ts";
import { type OutboundJob, requestOf } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import { AnswerDetection } from "./amd/answerDetection.ts";
import { type EarlierPickups, earlierPickups } from "./amd/earlierPickups.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

/** A call that has been, or is being, handed to Twilio. */
export interface ActiveCall {
  readonly job: OutboundJob;
  callSid: string | undefined;
  progress: CallProgress;
  /** Absent until it rings. */
  session: CallSession | undefined;
  readonly detection: AnswerDetection;
  hangingUp: boolean;
  /** Whether it was placed is not known yet. */
  unresolved: boolean;
  stopChecking: () => void;
}

export interface ActiveCallsDeps extends Pick<Clock, "setTimer" | "now"> {
  readonly registry: Pick<CallRegistry, "open" | "refusal" | "size">;
  readonly resumedCalls: Pick<ResumedCalls, "open">;
  readonly maxCalls: number;
  readonly twilio: Pick<TwilioCalls, "end" | "fetch">;
  readonly callRecords: Pick<PlacedCallRecords, "update" | "end">;
  readonly processHandover: Pick<ProcessHandover, "isHeldElsewhere" | "releaseSession">;
  /** What to leave on a machine; undefined means to hang up. */
  readonly voicemail: (job: OutboundJob) => SpokenMessage | undefined;
  /** What a screener is told; undefined where the agent finds the words. */
  readonly screening: (job: OutboundJob) => string | undefined;
  /** How it is found out who answers, if it is; `transcribes` where the far end's words become known. */
  readonly findsOut: (job: OutboundJob) => { readonly transcribes: boolean } | undefined;
  readonly log: Pick<Log, "warn">;
}

/** When to fetch a status that no callback has brought; longer than a phone rings. */
const CHECK_AFTER_MS = 90_000;

export type ActiveCalls = ReturnType<typeof createActiveCalls>;

/** The placed calls of this process, from dialling to their end. */
export function createActiveCalls(deps: ActiveCallsDeps) {
  const { registry, resumedCalls, twilio, callRecords, processHandover, setTimer, log } = deps;
  const calls = new Map<string, ActiveCall>();
  const sids = new Map<string, ActiveCall>();

  return {
    /** Why no call can be dialled now, if so: each call needs a session as soon as it rings. */
    capacityRefusal(): CallRefused | undefined {
      let expected = registry.size;
      for (const { session } of calls.values()) if (session === undefined) expected++;
      const reason = registry.refusal ?? (expected < deps.maxCalls ? undefined : "full");
      return reason && new CallRefused(reason);
    },
    register(job: OutboundJob): ActiveCall {
      const call: ActiveCall = {
        job,
        callSid: undefined,
        progress: { status: "queued" },
        session: undefined,
        detection: new AnswerDetection({
          session: () => call.session,
          onChange: (changes) => callRecords.update(job.callId, changes),
          message: () => deps.voicemail(job)?.text,
          screening: () => deps.screening(job),
          now: deps.now,
          setTimer,
        }),
        hangingUp: false,
        unresolved: false,
        stopChecking: () => {},
      };
      calls.set(job.callId, call);
      return call;
    },
    get: (callId: string): ActiveCall | undefined => calls.get(callId),
    bySid: (callSid: string): ActiveCall | undefined => sids.get(callSid),
    /** Sets Twilio's id, once it is known. */
    bindSid(call: ActiveCall, callSid: string): void {
      if (call.callSid !== undefined) return;
      call.callSid = callSid;
      sids.set(callSid, call);
      if (call.session !== undefined) call.session.callSid ??= callSid;
      callRecords.update(call.job.callId, { callSid });
      checkLater(call);
      // It was hung up before it had an id.
      if (call.hangingUp) cancel(call, callSid);
    },
    /** Applies a status report; reports come in any order and more than once. */
    applyProgress,
    /** The call's session, opened if there is none; undefined where it cannot be. */
    openSession,
    /** Opens the session of a call that another process placed, unless it is here already. */
    resumeSession(call: ActiveCall, stored: StoredCall, maxMs: number): CallSession | undefined {
      if (call.session !== undefined) return call.session;
      const { answeredAt } = stored.record;
      // Until then it may have had no session; of one that it had, nothing has been heard.
      const wasConnected = answeredAt !== undefined;
      if (wasConnected) {
        call.progress = { status: "in-progress" };
        call.detection.resume(stored);
      }
      const isFound = !wasConnected || deps.findsOut(call.job) === undefined;
      const earlier = isFound ? undefined : earlierPickups(stored);
      const resumed = { ...stored.resumed, ...present({ farEnd: earlier?.who }) };
      return opened(
        call,
        (request) =>
          wasConnected
            ? resumedCalls.open({ ...stored, resumed }, { ...request, maxMs })
            : registry.open({ ...request, maxMs }, call.job.callId),
        earlier,
      );
    },
    /** Handles an event of the call's session. */
    handleEvent(callId: string, event: CallEvent): void {
      const call = calls.get(callId);
      if (call === undefined) return;
      call.detection.handleEvent(event);
      if (call.detection.connected) call.stopChecking();
    },
    remove(callId: string): void {
      const call = calls.get(callId);
      if (call !== undefined) remove(call);
    },
    close(): void {
      for (const call of calls.values()) stopTimers(call);
    },
  };

  function stopTimers(call: ActiveCall): void {
    call.stopChecking();
    call.detection.close();
  }

  function remove(call: ActiveCall): void {
    stopTimers(call);
    calls.delete(call.job.callId);
    if (call.callSid !== undefined) sids.delete(call.callSid);
  }

  function applyProgress(call: ActiveCall, progress: CallProgress): void {
    const next = advance(call.progress, progress);
    if (next === call.progress) return;
    call.progress = next;
    if (isFinal(next.status)) return finish(call);
    if (next.status !== "ringing") return;
    callRecords.update(call.job.callId, { status: "ringing" });
    // The model connects while it rings, so that the callee does not wait for it.
    openSession(call);
  }

  function openSession(call: ActiveCall): CallSession | undefined {
    if (call.session !== undefined || isFinal(call.progress.status)) return call.session;
    return opened(call, (request) => registry.open(request, call.job.callId));
  }

  function opened(
    call: ActiveCall,
    open: (request: CallRequest) => CallSession,
    earlier?: EarlierPickups,
  ): CallSession | undefined {
    const { job } = call;
    try {
      const session = open(requestOf(job));
      session.callSid = call.callSid;
      call.session = session;
      const isOpen = session.resumed === undefined || earlier !== undefined;
      const findsOut = isOpen ? deps.findsOut(job) : undefined;
      if (findsOut !== undefined) call.detection.listen(session, findsOut.transcribes, earlier);
      session.ended.then((end) => isCallEnd(end) ? sessionEnded(call) : remove(call));
      return session;
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      log.warn("Placed call without a session", { callId: job.callId, code: error.code });
      return undefined;
    }
  }

  function finish(call: ActiveCall): void {
    stopTimers(call);
    const { job, session, progress: { status }, detection: { result, connected } } = call;
    const end = call.hangingUp ? { reason: "operator_hung_up" } as const : endOf(status);
    const outcome = result?.outcome ?? outcomeOf(status, result?.answeredBy);
    if (session === undefined) return callRecords.end(job, end, outcome);
    if (status !== "completed" || !connected) callRecords.update(job.callId, { outcome });
    session.input({ type: "hangUp", end });
  }

  /** Callbacks can be lost, or reach another process; a call cancelled while queued causes none. */
  function checkLater(call: ActiveCall): void {
    call.stopChecking();
    call.stopChecking = setTimer(() => {
      check(call).catch((error) =>
        warnUnlessAway(log, "Call state unknown", { callId: call.job.callId, error })
      ).finally(() => {
        if (calls.get(call.job.callId) === call && !call.detection.connected) checkLater(call);
      });
    }, CHECK_AFTER_MS);
  }

  async function check(call: ActiveCall): Promise<void> {
    if (call.callSid === undefined || isFinal(call.progress.status)) return;
    const { status, durationSeconds } = await twilio.fetch(call.callSid);
    if (isFinal(status) || !await processHandover.isHeldElsewhere(call.job.callId)) {
      return applyProgress(call, { status, ...present({ durationSeconds }) });
    }
    call.hangingUp = true;
    remove(call);
    if (call.session !== undefined) processHandover.releaseSession(call.session);
  }

  /** A ringing call whose session has ended is cancelled. */
  function sessionEnded(call: ActiveCall): void {
    stopTimers(call);
    const { callSid, hangingUp } = call;
    if (callSid === undefined || hangingUp || !isUnanswered(call)) return;
    cancel(call, callSid);
  }

  function cancel(call: ActiveCall, callSid: string): void {
    twilio.end(callSid, { unanswered: true }).then(
      () => applyProgress(call, { status: "canceled" }),
      (error) => log.warn("Call not cancelled", { callId: call.job.callId, error }),
    );
  }
}

/** Whether the call has not been answered yet, as far as is known. */
export function isUnanswered({ progress: { status } }: ActiveCall): boolean {
  return status === "queued" || status === "initiated" || status === "ringing";
}
