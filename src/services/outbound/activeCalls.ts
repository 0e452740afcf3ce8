import type { CallEvent } from "../../call/callEvent.ts";
import { CallRefused, type CallRegistry, type CallSession } from "../../call/sessionApi.ts";
import {
  advance,
  type CallProgress,
  isFinal,
  type SpokenMessage,
  type TwilioCalls,
} from "../twilioOutbound.ts";
import type { Handoff } from "../calls.ts";
import { endOf, outcomeOf } from "../records.ts";
import { type OutboundJob, requestOf } from "./outboundJob.ts";
import type { AmdResult } from "./amd/amdResult.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import { AnswerDetection } from "./amd/answerDetection.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

/** A call that has been, or is being, handed to the phone network. */
export interface ActiveCall {
  readonly job: OutboundJob;
  callSid: string | undefined;
  progress: CallProgress;
  /** Absent until it rings. */
  session: CallSession | undefined;
  readonly who: AnswerDetection;
  hangingUp: boolean;
  /** Nobody can tell yet whether it was placed. */
  unknown: boolean;
  stopWatching: () => void;
}

/** The placed calls of this process, from dialling to their end. */
export interface ActiveCalls {
  /** Calls for which a session is still to be opened. */
  readonly unopened: number;
  add(job: OutboundJob): ActiveCall;
  get(callId: string): ActiveCall | undefined;
  bySid(callSid: string): ActiveCall | undefined;
  /** The phone network's id has become known. */
  bind(call: ActiveCall, callSid: string): void;
  /** Takes in what the phone network says of a call, in any order and more than once. */
  take(call: ActiveCall, progress: CallProgress): void;
  /** The call's session, opened if there is none; nothing where it cannot be. */
  open(call: ActiveCall): CallSession | undefined;
  judge(call: ActiveCall, verdict: AmdResult): void;
  /** What its session tells. */
  told(callId: string, event: CallEvent): void;
  forget(callId: string): void;
  close(): void;
}

export interface ActiveCallsDeps {
  readonly registry: Pick<CallRegistry, "open">;
  readonly calls: Pick<TwilioCalls, "end" | "fetch">;
  readonly records: PlacedCallRecords;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
  readonly handoff: Handoff;
  /** What to leave on a machine; nothing means to hang up. */
  readonly voicemail: (job: OutboundJob) => SpokenMessage | undefined;
  /** Longer than anybody's phone rings. */
  readonly checkAfterMs?: number;
}

export function createActiveCalls(deps: ActiveCallsDeps): ActiveCalls {
  const { registry, calls, records, handoff, setTimer, log, checkAfterMs = 90_000 } = deps;
  const placed = new Map<string, ActiveCall>();
  const sids = new Map<string, ActiveCall>();

  return {
    get unopened() {
      let unopened = 0;
      for (const { session } of placed.values()) if (session === undefined) unopened++;
      return unopened;
    },
    add(job) {
      const call: ActiveCall = {
        job,
        callSid: undefined,
        progress: { status: "queued" },
        session: undefined,
        who: new AnswerDetection({
          session: () => call.session,
          changed: (changes) => records.changed(job.callId, changes),
          message: () => deps.voicemail(job)?.text,
          setTimer,
        }),
        hangingUp: false,
        unknown: false,
        stopWatching: () => {},
      };
      placed.set(job.callId, call);
      return call;
    },
    get: (callId) => placed.get(callId),
    bySid: (callSid) => sids.get(callSid),
    bind(call, callSid) {
      if (call.callSid !== undefined) return;
      call.callSid = callSid;
      sids.set(callSid, call);
      if (call.session !== undefined) call.session.callSid ??= callSid;
      records.changed(call.job.callId, { callSid });
      watch(call);
      // Somebody has hung up before there was anything to hang up.
      if (call.hangingUp) cancel(call, callSid);
    },
    take,
    open,
    judge: (call, verdict) => call.who.judge(verdict),
    told(callId, event) {
      const call = placed.get(callId);
      if (call === undefined) return;
      call.who.told(event);
      if (call.who.connected) call.stopWatching();
    },
    forget(callId) {
      const call = placed.get(callId);
      if (call !== undefined) forget(call);
    },
    close() {
      for (const call of placed.values()) letBe(call);
    },
  };

  function letBe(call: ActiveCall): void {
    call.stopWatching();
    call.who.close();
  }

  function forget(call: ActiveCall): void {
    letBe(call);
    placed.delete(call.job.callId);
    if (call.callSid !== undefined) sids.delete(call.callSid);
  }

  function take(call: ActiveCall, progress: CallProgress): void {
    const next = advance(call.progress, progress);
    if (next === call.progress) return;
    call.progress = next;
    if (isFinal(next.status)) return finish(call);
    if (next.status !== "ringing") return;
    records.changed(call.job.callId, { status: "ringing" });
    // The model gets ready while it rings; who answers waits for nothing.
    open(call);
  }

  function open(call: ActiveCall): CallSession | undefined {
    if (call.session !== undefined || isFinal(call.progress.status)) return call.session;
    const { job } = call;
    try {
      const session = registry.open(requestOf(job), job.callId);
      session.callSid = call.callSid;
      call.session = session;
      session.ended.then(() => letGo(call));
      return session;
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      log.warn("Placed call without a session", { callId: job.callId, code: error.code });
      return undefined;
    }
  }

  function finish(call: ActiveCall): void {
    letBe(call);
    const { job, session, progress: { status }, who: { verdict, connected } } = call;
    const end = call.hangingUp ? { reason: "operator_hung_up" } as const : endOf(status);
    const outcome = verdict?.outcome ?? outcomeOf(status, verdict?.answeredBy);
    if (session === undefined) return records.ended(job, end, outcome);
    if (status !== "completed" || !connected) records.changed(job.callId, { outcome });
    session.input({ type: "hangUp", end });
  }

  /** Callbacks can be lost, or reach another process; a call cancelled while queued gives none. */
  function watch(call: ActiveCall): void {
    call.stopWatching();
    call.stopWatching = setTimer(() => {
      check(call).catch((error) =>
        log.warn("Call state unknown", { callId: call.job.callId, error })
      ).finally(() => {
        if (placed.get(call.job.callId) === call && !call.who.connected) watch(call);
      });
    }, checkAfterMs);
  }

  async function check(call: ActiveCall): Promise<void> {
    if (call.callSid === undefined || isFinal(call.progress.status)) return;
    const { status, durationSeconds } = await calls.fetch(call.callSid);
    if (isFinal(status) || !await handoff.isHeldElsewhere(call.job.callId)) {
      return take(call, { status, ...present({ durationSeconds }) });
    }
    call.hangingUp = true;
    forget(call);
    if (call.session !== undefined) handoff.releaseSession(call.session);
  }

  /** A session that is over needs no phone that still rings. */
  function letGo(call: ActiveCall): void {
    letBe(call);
    const { callSid, hangingUp } = call;
    if (callSid === undefined || hangingUp || !isUnanswered(call)) return;
    cancel(call, callSid);
  }

  function cancel(call: ActiveCall, callSid: string): void {
    calls.end(callSid, { unanswered: true }).then(
      () => take(call, { status: "canceled" }),
      (error) => log.warn("Call not cancelled", { callId: call.job.callId, error }),
    );
  }
}

/** Whether nobody has taken the call yet, as far as is known. */
export function isUnanswered({ progress: { status } }: ActiveCall): boolean {
  return status === "queued" || status === "initiated" || status === "ringing";
}
