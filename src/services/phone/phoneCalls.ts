import { CallRefused, type CallRegistry, type CallSession } from "../../call/sessionApi.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { CallEnd, CallRequest } from "../../call/types.ts";
import { createAfterCall } from "./afterCall.ts";
import {
  type CallStatus,
  isFinal,
  type PhoneAnswer,
  type SpokenMessage,
} from "../twilioOutbound.ts";
import type { CallBudget } from "../spending.ts";
import { createExpectedStreams } from "./expectedStreams.ts";
import type { CrossProcessCalls } from "./crossProcessCalls.ts";
import type { CallRecord } from "../store.ts";
import type { StreamTokens } from "./streamTokens.ts";
import type { Handoff } from "../calls.ts";
import { newId } from "../../utils/ids.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

/** A call for which the phone network asks what to do. */
export interface ArrivingCall {
  readonly callSid: string;
  /** Ours, for a call that this server placed. */
  readonly callId?: string;
  readonly agent: string;
  readonly caller?: string;
  readonly called?: string;
  /** Whether the phone network vouches for the caller's number. */
  readonly callerProven?: boolean;
}

/** At once for a call that is held here; for others the store has to be asked. */
type Soon<T> = T | Promise<T>;

/** Joins phone calls with their sessions: how they begin, go on after their stream, and end. */
export interface PhoneCalls {
  /** The same answer for the same call, however often it is asked for. */
  arrive(call: ArrivingCall): Soon<PhoneAnswer>;
  /** The session that a stream may join; each token works once. Never rejects. */
  claim(
    claim: { readonly token: string; readonly callSid: string },
  ): Soon<CallSession | undefined>;
  /** What comes after the stream, or after a transfer whose dial came out as `dialStatus`. */
  resume(callSid: string, dialStatus?: string): Soon<PhoneAnswer>;
  status(callSid: string, status: CallStatus): void;
  /** Plays keys into the call: the stream stops meanwhile, and a new one follows. */
  sendDigits(session: CallSession, digits: string): void;
  /** Whether a call's stream stops only for a while. */
  isAway(session: CallSession): boolean;
}

export interface PhoneCallsDeps {
  readonly registry: Pick<CallRegistry, "open" | "accepting" | "byCallSid" | "endOf">;
  readonly tokens: StreamTokens;
  /** The session of a call that this server, or one beside it, has placed. */
  readonly placedSession: (callId: string, callSid: string) => Soon<CallSession | undefined>;
  /** What calls that come in may use; absent where nothing limits them. */
  readonly budget?: Pick<CallBudget, "admit" | "release">;
  readonly shared: Omit<CrossProcessCalls, "close">;
  readonly handoff: Handoff;
  /** The number behind an agent's alias, where it may be dialled now. */
  readonly transferNumber: (agent: string, alias: string) => Promise<string | undefined>;
  /** How long a transferred caller may talk on; absent means without limit. */
  readonly transferSeconds?: (callId: string) => Promise<number>;
  /** What the phone network says for an agent that cannot speak, or where nobody knows which one it is. */
  readonly apology: (agent?: string) => SpokenMessage;
  /** What it says where nobody took a transfer. */
  readonly nobodyThere: (agent: string) => SpokenMessage;
  readonly ownNumber: string;
  /** Changes a running call's instructions, or ends it where there are none. */
  readonly redirect: (callSid: string, next: PhoneAnswer) => Promise<void>;
  readonly log: Pick<Log, "warn">;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  /** How long an answered call may be without its stream. */
  readonly streamWithinMs?: number;
}

/** A call that another process held, as its session would know it. */
function requestOf({ direction, agent, from, to }: CallRecord): CallRequest {
  const [caller, called] = direction === "outbound" ? [to, from] : [from, to];
  return {
    direction,
    agent,
    ...present({ caller, called }),
  };
}

/** A stream that keeps breaking is not mended by another. */
const MAX_STREAMS = 20;
const MAX_TURNED_AWAY = 1000;

export function createPhoneCalls(deps: PhoneCallsDeps): PhoneCalls {
  const { registry, tokens, shared, handoff, log, now, setTimer } = deps;
  const afterwards = createAfterCall({ ...deps, log });
  /** Calls whose stream would be refused again and again, without a sound. */
  const turnedAway = new RecentIds(MAX_TURNED_AWAY);
  /** Calls that are being let in: the phone network asks again where it gets no answer. */
  const arriving = new Map<string, Promise<PhoneAnswer>>();
  /** Of those, who has hung up meanwhile. */
  const gone = new Map<string, CallEnd>();
  const streams = createExpectedStreams({
    tokens,
    shared,
    now,
    setTimer,
    late: giveUp,
    withinMs: deps.streamWithinMs ?? 20_000,
  });

  return {
    arrive(call) {
      const session = registry.byCallSid(call.callSid);
      if (session !== undefined) return answered(session, call.callSid);
      const over = registry.endOf(call.callSid);
      if (over !== undefined) return afterwards(over, call.callSid);
      return call.callId === undefined ? letIn(call) : arrivePlaced(call.callId, call);
    },
    claim({ token, callSid }) {
      const claimed = streams.claim(token, callSid);
      if (claimed === true) return joinable(callSid);
      return claimed.then((isOurs) => isOurs ? joinable(callSid) : undefined);
    },
    resume(callSid, dialStatus) {
      const session = registry.byCallSid(callSid);
      if (session !== undefined) return again(session, callSid);
      const over = registry.endOf(callSid);
      return over === undefined
        ? resumeShared(callSid, dialStatus)
        : afterwards(over, callSid, dialStatus);
    },
    status(callSid, status) {
      if (!isFinal(status)) return;
      const reason = status === "completed" ? "caller_hung_up" : "not_answered";
      const end = { reason, detail: status } as const;
      if (arriving.has(callSid)) gone.set(callSid, end);
      registry.byCallSid(callSid)?.input({ type: "hangUp", end });
    },
    sendDigits(session, digits) {
      const { callSid } = session;
      const areKeys = /^[0-9*#A-DwW]{1,32}$/.test(digits);
      if (callSid === undefined || !areKeys || !streams.interrupt(callSid)) {
        return log.warn("Digits not sent", { callId: session.id });
      }
      deps.redirect(callSid, { ...connect(session, callSid), digits }).catch((error) => {
        streams.resumed(callSid);
        log.warn("Digits not sent", { callId: session.id, error });
      });
    },
    isAway: ({ callSid }) => callSid !== undefined && streams.isInterrupted(callSid),
  };

  function arrivePlaced(
    callId: string,
    { callSid, agent }: ArrivingCall,
  ): Soon<PhoneAnswer> {
    const answer = (session: CallSession | undefined): PhoneAnswer =>
      session === undefined ? { do: "hangUp" } : answered(session, callSid);
    const session = deps.placedSession(callId, callSid);
    if (!(session instanceof Promise)) return answer(session);
    return session.then(answer, (error): PhoneAnswer => {
      log.warn("Placed call not found", { callId, error });
      return apologise(agent);
    });
  }

  function letIn(call: ArrivingCall): Soon<PhoneAnswer> {
    const { budget } = deps;
    if (budget === undefined) return open(call);
    const known = arriving.get(call.callSid);
    if (known !== undefined) return known;
    const answer = admit(call, budget).finally(() => {
      arriving.delete(call.callSid);
      gone.delete(call.callSid);
    });
    arriving.set(call.callSid, answer);
    return answer;
  }

  /** Refused before it is answered, a call costs nothing. */
  async function admit(
    call: ArrivingCall,
    budget: NonNullable<PhoneCallsDeps["budget"]>,
  ): Promise<PhoneAnswer> {
    const { agent, caller: number } = call;
    if (!registry.accepting) return open(call);
    const callId = newId("call");
    const refusal = await budget.admit(callId, { direction: "inbound", agent, number });
    if (refusal !== undefined) return { do: "refuseAsBusy" };
    const answer = open(call, callId);
    const session = registry.byCallSid(call.callSid);
    const end = gone.get(call.callSid);
    if (end !== undefined) session?.input({ type: "hangUp", end });
    if (session === undefined) {
      budget.release(callId).catch((error) => log.warn("Budget not given back", { error }));
    }
    return answer;
  }

  function open(
    { callSid, agent, caller, called, callerProven }: ArrivingCall,
    callId?: string,
  ): PhoneAnswer {
    try {
      const session = registry.open({
        direction: "inbound",
        agent,
        callSid,
        ...present({ caller, called, callerProven }),
      }, callId);
      return answered(session, callSid);
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      log.warn("Phone call refused", { code: error.code, agent });
      if (error.code === "unknown_agent") return apologise();
      return error.code === "agent_unusable" ? apologise(agent) : { do: "refuseAsBusy" };
    }
  }

  function answered(session: CallSession, callSid: string): PhoneAnswer {
    session.input({ type: "answered" });
    const token = streams.awaitedToken(callSid);
    return token === undefined ? connect(session, callSid) : { do: "connect", token };
  }

  function again(session: CallSession, callSid: string): PhoneAnswer {
    if (session.hasLeg || streams.count(callSid) < MAX_STREAMS) return connect(session, callSid);
    session.input({ type: "hangUp", end: { reason: "leg_failed", detail: "stream_refused" } });
    return apologise(session.request.agent);
  }

  function connect(session: CallSession, callSid: string) {
    return { do: "connect", token: streams.expect(session, callSid) } as const;
  }

  async function giveUp(session: CallSession, callSid: string): Promise<void> {
    // The stream that it was to follow is still there: whoever asked for another was not the network.
    if (session.hasLeg) return streams.resumed(callSid);
    // Its stream may have come to another process, which goes on with the call.
    if (await handoff.isHeldElsewhere(session.id).catch(() => false)) {
      return handoff.releaseSession(session);
    }
    log.warn("Media stream never came", { callId: session.id });
    session.input({ type: "hangUp", end: { reason: "leg_failed", detail: "stream_never_came" } });
    deps.redirect(callSid, apologise(session.request.agent)).catch((error) =>
      log.warn("Phone call not redirected", { callId: session.id, error })
    );
  }

  function joinable(callSid: string): Soon<CallSession | undefined> {
    return registry.byCallSid(callSid) ?? adopt(callSid);
  }

  /** Goes on with a call that another process began, or this one before it was started again. */
  async function adopt(callSid: string): Promise<CallSession | undefined> {
    if (registry.endOf(callSid) !== undefined) return undefined;
    try {
      const record = await shared.find(callSid);
      if (record === undefined || record.status === "ended") return undefined;
      const { id } = record;
      if (record.direction !== "outbound") {
        return registry.open({ ...requestOf(record), callSid }, id);
      }
      const session = await deps.placedSession(id, callSid);
      if (session === undefined) turnedAway.add(callSid);
      return session;
    } catch (error) {
      if (error instanceof CallRefused) turnedAway.add(callSid);
      log.warn("Phone call not taken over", { error });
      return undefined;
    }
  }

  async function resumeShared(callSid: string, dialStatus?: string): Promise<PhoneAnswer> {
    try {
      const record = await shared.findSettled(callSid);
      if (record === undefined) return apologise();
      const { end } = record;
      if (end !== undefined) {
        const call = { id: record.id, request: requestOf(record), end };
        return await afterwards(call, callSid, dialStatus);
      }
      if (turnedAway.has(callSid)) return apologise(record.agent);
      return { do: "connect", token: streams.issueToken(callSid) };
    } catch (error) {
      log.warn("Phone call not found", { error });
      return apologise();
    }
  }

  function apologise(agent?: string): PhoneAnswer {
    return { do: "hangUp", message: deps.apology(agent) };
  }
}
