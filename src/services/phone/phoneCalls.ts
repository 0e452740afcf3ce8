import type { CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { TransferOrder, TransferResult } from "../../call/transfer.ts";
import type { SessionEnd } from "../../call/types.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import type { ProcessHandover, ResumedCalls } from "../calls.ts";
import type { OutboundCalls } from "../outbound.ts";
import { endOf } from "../records.ts";
import {
  type CallStatus,
  isFinal,
  type PhoneAnswer,
  type TwilioCalls,
  writeTwiml,
} from "../twilioOutbound.ts";
import {
  createEndedCallAnswer,
  type EndedCallAnswerDeps,
  fallbackAnswer,
  holdOf,
} from "./endedCallAnswer.ts";
import { createCallEndings } from "./callEndings.ts";
import { type AfterStream, createCallsElsewhere } from "./callsElsewhere.ts";
import type { EndConfirmation } from "./endConfirmation.ts";
import { createPullBack, type PullBackDeps } from "./pullBack.ts";
import { createOutsideCalls, type OutsideCallsDeps } from "./outsideCalls.ts";
import type { SharedPhoneCalls } from "./sharedPhoneCalls.ts";
import { createStreamAdmission, type StreamTokens } from "./streamAdmission.ts";
import { roomOf } from "./consult.ts";
import { type ConsultsDeps, createConsults } from "./consults.ts";
import { createRoomCalls } from "./roomCalls.ts";
import { createTransfers } from "./transfers.ts";
import { createStreamReplacement } from "./streamReplacement.ts";
import {
  type ArrivingCall,
  askAgain,
  connectAnswered,
  InboundCalls,
  type InboundCallsDeps,
} from "./inboundCalls.ts";

/** At once for a call that is held here; for others the store has to be asked. */
type MaybePromise<T> = T | Promise<T>;

/** `now` is monotonic. */
export interface PhoneCallsDeps
  extends
    Clock,
    EndedCallAnswerDeps,
    Omit<InboundCallsDeps, "streams" | "outsideCalls">,
    Omit<OutsideCallsDeps, "answerEnded">,
    Pick<PullBackDeps, "instances" | "instanceId" | "callStore"> {
  readonly registry: Pick<
    CallRegistry,
    "open" | "refusal" | "leaving" | "byCallSid" | "endOf" | "get" | "list"
  >;
  readonly twilio: Pick<TwilioCalls, "create" | "update" | "fetch" | "end" | "isDialling">;
  readonly conferences: ConsultsDeps["conferences"];
  readonly redactions: ConsultsDeps["redactions"];
  /** The origin that Twilio reaches. */
  readonly publicUrl: string;
  readonly tokens: StreamTokens;
  readonly outbound: Pick<OutboundCalls, "sessionFor">;
  readonly sharedCalls: Omit<SharedPhoneCalls, "close">;
  readonly processHandover: ProcessHandover;
  readonly resumedCalls: ResumedCalls;
  readonly confirmation: Pick<EndConfirmation, "expect">;
  readonly log: Pick<Log, "info" | "warn">;
}

/** A further stream is no remedy for streams that keep breaking. */
const MAX_STREAMS = 20;

export type PhoneCalls = ReturnType<typeof createPhoneCalls>;

/** Joins phone calls with their sessions: how they begin, go on after their stream, and end. */
export function createPhoneCalls(deps: PhoneCallsDeps) {
  const { registry, agents, outbound, processHandover, log } = deps;
  const answerEnded = createEndedCallAnswer(deps);
  const endings = createCallEndings({ ...deps, answerEnded });
  const streams = createStreamAdmission({ ...deps, onTimeout: giveUp, onEnded: end });
  const replacement = createStreamReplacement({ ...deps, reconnect });
  const outsideCalls = createOutsideCalls({ ...deps, answerEnded });
  const inbound = new InboundCalls({ ...deps, outsideCalls, streams });
  const elsewhere = createCallsElsewhere({ ...deps, streams, inbound, answerEnded, reconnect });
  const pullBack = createPullBack({ ...deps, streams, ...elsewhere, adopt: adopted });
  const rooms = createRoomCalls(deps);
  const asked = { ...deps, replaceStream: replacement.replace, joinRoom: rooms.join };
  const consults = createConsults(asked);
  const transfers = createTransfers({ ...asked, isPutThrough, leave: endings.leave });

  return {
    /** The same answer for the same call, however often Twilio asks. */
    arrive(call: ArrivingCall): MaybePromise<PhoneAnswer> {
      const { callSid, callId } = call;
      const session = registry.byCallSid(callSid);
      if (session !== undefined) return connectAnswered(session, callSid, { streams, agents });
      const ended = registry.endOf(callSid);
      if (ended !== undefined) return endings.take(callSid) ?? answerEnded(ended, callSid);
      if (callId === undefined) return inbound.admit(call);
      // The person who was called has answered, and waits.
      if (registry.leaving) {
        return askAgain(call, holdOf(agents, call.agent ?? deps.defaultAgent).first);
      }
      return arrivePlaced(callId, call);
    },
    /** The session that a stream may join; each token works once. Never rejects. */
    claim(
      { token, callSid }: { readonly token: string; readonly callSid: string },
    ): MaybePromise<CallSession | undefined> {
      const claimed = streams.claim(token, callSid);
      if (claimed === true) return joinable(callSid);
      return claimed.then((isOurs) => isOurs ? joinable(callSid) : undefined);
    },
    /** Keeps what a caller has said after a tone. */
    recorded: outsideCalls.recorded,
    /**
     * What follows the stream, or a transfer whose dial ended with `dialStatus`. With `arrival`, a call that
     * is not known begins anew.
     */
    resume(callSid: string, { dialStatus, arrival }: AfterStream = {}): MaybePromise<PhoneAnswer> {
      const session = registry.byCallSid(callSid);
      if (session !== undefined) return reconnect(session, callSid);
      const ended = registry.endOf(callSid);
      if (ended === undefined) return elsewhere.resume(callSid, { dialStatus, arrival });
      const untold = dialStatus === undefined ? endings.take(callSid) : undefined;
      return untold ?? answerEnded(ended, callSid, { dialStatus });
    },
    /** Whether a session of this process has the call. */
    has: (callSid: string): boolean => registry.byCallSid(callSid) !== undefined,
    /** What follows a transfer of a session, whose outcome Twilio reports as it asks. Never rejects. */
    async transferred(
      callSid: string,
      { number, result }: { readonly number: number; readonly result: TransferResult },
    ): Promise<PhoneAnswer> {
      const ended = registry.endOf(callSid);
      const session = registry.byCallSid(callSid) ??
        (ended === undefined ? await adopted(callSid) : undefined);
      if (session === undefined) {
        const dialStatus = result.kind === "talked" ? "completed" : result.why;
        if (ended !== undefined) return await answerEnded(ended, callSid, { dialStatus });
        return await elsewhere.resume(callSid, { dialStatus });
      }
      const next = await transfers.over(session, number, result);
      if (next !== undefined) return next;
      return session.hasEnded ? { do: "hangUp" } : reconnect(session, callSid);
    },
    transfers,
    consults,
    /** Carries out what a session wants of Twilio for a transfer. */
    carryOut(session: CallSession, order: TransferOrder): void {
      if (order.type === "cancelTransfer") return consults.cancel(session, order.number);
      if (order.type === "leaveRoom") return consults.leaveRoom(session, order.number);
      const { transfer, brief } = order;
      if (transfer.mode === "cold") return transfers.begin(session, transfer);
      void consults.begin(session, transfer, brief);
    },
    /** What Twilio is to do with the agent's own call into a room, as TwiML. */
    joinRoom: (token: string, callSid: string): string =>
      writeTwiml(rooms.arrive(token, callSid), deps.publicUrl),
    /** Tells Twilio what follows the end of a session: see `createCallEndings`. */
    end,
    /** Opens another stream for a session whose stream broke, unless one follows by itself. */
    replaceStream(session: CallSession): void {
      const { callSid } = session;
      if (consults.hasAgentIn(session)) return consults.agentLost(session);
      // The stream of a caller who is put through has ended for good.
      if (callSid === undefined || session.isAway) return;
      if (!streams.isInterrupted(callSid)) replacement.replace(session);
    },
    onStatus(callSid: string, status: CallStatus): void {
      if (!isFinal(status)) return;
      const end = endOf(status);
      inbound.end(callSid, end);
      registry.byCallSid(callSid)?.input({ type: "hangUp", end });
    },
    /** Plays DTMF digits into the call: its stream stops, and another follows. */
    sendDigits(session: CallSession, digits: string): void {
      const { callSid } = session;
      const areKeys = /^[0-9*#A-DwW]{1,32}$/.test(digits);
      if (callSid === undefined || !areKeys || !streams.interrupt(callSid)) {
        return log.warn("Digits not sent", { callId: session.id });
      }
      redirect(callSid, { ...connect(session, callSid), digits }).catch((error) => {
        streams.keepStream(callSid);
        log.warn("Digits not sent", { callId: session.id, error });
      });
    },
    /** Whether the call's stream is interrupted and another will follow. */
    isAway: (session: CallSession): boolean => {
      const { callSid, isAway } = session;
      return callSid !== undefined &&
        (isAway || consults.hasAgentIn(session) || streams.isInterrupted(callSid) ||
          replacement.isUnderWay(callSid) || pullBack.isUnderWay(callSid));
    },
    /** Takes a call back whose process is gone. */
    pullBack: pullBack.take,
    /** Settles when no request to Twilio is under way. */
    async close(): Promise<void> {
      await Promise.all([
        endings.close(),
        replacement.close(),
        pullBack.close(),
        transfers.close(),
        consults.close(),
      ]);
    },
  };

  /** A caller who is left with a person goes on without this server. */
  function end(session: CallSession, why: SessionEnd): Promise<boolean> | undefined {
    return consults.leavesRoom(session, why) ? undefined : endings.end(session, why);
  }

  function arrivePlaced(
    callId: string,
    { callSid, agent = deps.defaultAgent }: ArrivingCall,
  ): MaybePromise<PhoneAnswer> {
    const answer = (session: CallSession | undefined): PhoneAnswer =>
      session === undefined
        ? { do: "hangUp" }
        : connectAnswered(session, callSid, { streams, agents });
    const session = outbound.sessionFor(callId, callSid);
    if (!(session instanceof Promise)) return answer(session);
    return session.then(answer, (error): PhoneAnswer => {
      log.warn("Placed call not found", { callId, error });
      return fallbackAnswer(agents, agent);
    });
  }

  function reconnect(session: CallSession, callSid: string): PhoneAnswer {
    if (session.hasLeg || streams.count(callSid) < MAX_STREAMS) return connect(session, callSid);
    endings.leave(session);
    session.input({ type: "hangUp", end: { reason: "leg_failed", detail: "stream_refused" } });
    return fallbackAnswer(agents, session.request);
  }

  function connect(session: CallSession, callSid: string) {
    const hold = holdOf(agents, session.request);
    return { do: "connect", token: streams.expect(session, callSid), hold } as const;
  }

  async function redirect(callSid: string, answer: PhoneAnswer): Promise<void> {
    await deps.twilio.update(callSid, { twiml: writeTwiml(answer, deps.publicUrl) });
  }

  async function giveUp(session: CallSession, callSid: string): Promise<void> {
    // The stream is still connected: the request that announced another one was a replay.
    if (session.hasLeg) return streams.keepStream(callSid);
    // Its stream may have come to another process, which goes on with the call.
    if (await processHandover.isHeldElsewhere(session.id).catch(() => false)) {
      return processHandover.releaseSession(session);
    }
    log.warn("Media stream never came", { callId: session.id });
    session.input({ type: "hangUp", end: { reason: "leg_failed", detail: "stream_never_came" } });
  }

  function joinable(callSid: string): MaybePromise<CallSession | undefined> {
    return rooms.sessionOf(callSid) ?? registry.byCallSid(callSid) ?? adopted(callSid);
  }

  /** Whether the caller of a session is being put through to a person, or talks with one. */
  async function isPutThrough({ id }: CallSession, callSid: string): Promise<boolean> {
    if (await deps.twilio.isDialling(callSid)) return true;
    const number = await deps.callStore.transferUnderWay(id);
    return number !== undefined &&
      await deps.conferences.isAccompanied(roomOf(id, number), callSid);
  }

  async function adopted(callSid: string): Promise<CallSession | undefined> {
    const session = await elsewhere.adopt(callSid);
    if (session !== undefined) streams.watch(session, callSid);
    return session;
  }
}
