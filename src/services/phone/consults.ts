import type { CallSession } from "../../call/sessionApi.ts";
import type { TransferFailure, TransferRef } from "../../call/transfer.ts";
import { isCallEnd, type SessionEnd } from "../../call/types.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { failureOf, type TransferPolicy } from "../spending.ts";
import { type CallStatus, type ConsultRef, isFinal, type PhoneAnswer } from "../twilioOutbound.ts";
import { type Consult, roomOf, whyOf } from "./consult.ts";
import { type ConsultCalls, type ConsultCallsDeps, createConsultCalls } from "./consultCalls.ts";
import { createConsultCourse } from "./consultCourse.ts";
import { createConsultRoom, type RoomStep } from "./consultRoom.ts";
import { type ConsultWordsDeps, createConsultWords } from "./consultWords.ts";
import type { TransferredCalls } from "./transferredCalls.ts";

export interface ConsultsDeps extends Clock, ConsultCallsDeps, ConsultWordsDeps {
  readonly transfers: Pick<TransferPolicy, "decide" | "take">;
  readonly transferredCalls: Pick<TransferredCalls, "reserve">;
  readonly log: Pick<Log, "info" | "warn">;
}

/** What a person has answered. */
export interface ConsultReply {
  readonly digits: string;
  readonly speech: string;
  /** Counted from 1. */
  readonly attempt: number;
}

const MAX_ATTEMPTS = 2;
/** Twilio asks at once how to go on after a conference. */
const ASKS_WITHIN_MS = 6000;
export type Consults = ReturnType<typeof createConsults>;

/**
 * Transfers that ask a person first, while the caller waits with the agent: calls the person, tells them of the caller,
 * and brings both together. The session is told of all that happens; as long as nobody has taken the call, nothing
 * changes for the caller.
 */
export function createConsults(deps: ConsultsDeps) {
  const { agents, transfers, transferredCalls, log } = deps;
  const words = createConsultWords(deps);
  const consults = new WeakMap<CallSession, Consult>();
  /** The number of the transfer that a session waits for, also while it is not decided yet. */
  const wanted = new WeakMap<CallSession, number>();
  const calls: ConsultCalls = createConsultCalls(deps);
  const course = createConsultCourse({
    calls,
    setTimer: deps.setTimer,
    stillAllowed,
    goneMessage: ({ session }) => words.gone(session).message,
  });
  const rooms = createConsultRoom({ calls, course, setTimer: deps.setTimer });

  return {
    /** Begins it. Never rejects. */
    async begin(session: CallSession, ref: TransferRef, brief: string | undefined): Promise<void> {
      const { id: callId, request } = session;
      const isWanted = () => wanted.get(session) === ref.number && !session.hasEnded;
      wanted.set(session, ref.number);
      try {
        const decision = await transfers.decide(agents.ofCall(request), ref.alias);
        if (!decision.ok) {
          const { agent } = request;
          log.warn("Transfer refused", { callId, agent, alias: ref.alias, code: decision.code });
          return fail(session, ref.number, failureOf(decision));
        }
        if (!isWanted()) return;
        const { transfer } = decision;
        const targets = await transfers.take(callId, decision.targets);
        if (!isWanted()) return;
        if (targets.length === 0) return fail(session, ref.number, "limit");
        const reserved = await transferredCalls.reserve(callId, targets.length - 1);
        // Minutes are reserved for a call, not for one of its transfers.
        if (!isWanted()) return;
        if (reserved === undefined) return fail(session, ref.number, "limit");
        const consult: Consult = {
          session,
          ref,
          brief,
          transfer,
          timeLimitSeconds: Math.min(reserved, (transfer.maxMinutes ?? Infinity) * 60),
          room: roomOf(callId, ref.number),
          legs: new Map(),
          waiting: [...targets],
          phase: "asking",
          why: "unknown",
        };
        consults.set(session, consult);
        session.ended.then((end) => {
          // Caller and person do not need this server.
          if (isInRoom(session) && isServerGone(end)) calls.takeAgentOut(consult);
          else course.giveUp(consult);
        });
        course.callNext(consult);
      } catch (error) {
        log.warn("Transfer not decided", { callId, error });
        fail(session, ref.number, "unknown");
      }
    },
    /** The caller waits no longer, or the session has ended. */
    cancel(session: CallSession, number: number): void {
      if (wanted.get(session) === number) wanted.delete(session);
      const consult = consults.get(session);
      if (consult?.ref.number === number) course.giveUp(consult);
    },
    /** The agent leaves the room. */
    leaveRoom(session: CallSession, number: number): void {
      const consult = consults.get(session);
      if (consult?.ref.number === number) calls.takeAgentOut(consult);
    },
    /** What a person hears who has picked up. */
    ask(ref: ConsultRef, session: CallSession | undefined, legSid: string): PhoneAnswer {
      const found = legOf(ref, session, legSid);
      if (found?.consult.phase !== "asking") return words.gone(session);
      const { consult, leg } = found;
      course.answered(consult, leg);
      return words.question(consult, ref, 1);
    },
    /** What follows the person's answer. */
    reply(
      ref: ConsultRef,
      session: CallSession | undefined,
      legSid: string,
      { digits, speech, attempt }: ConsultReply,
    ): PhoneAnswer {
      const found = legOf(ref, session, legSid);
      // Asked once more for the same answer.
      if (found?.leg.state === "taken") return words.takeCaller(found.consult, ref);
      if (found?.consult.phase !== "asking" || found.leg.isMachine) return words.gone(session);
      const { consult, leg } = found;
      const meaning = words.meaningOf(consult, digits, speech);
      if (meaning === "unclear" && attempt < MAX_ATTEMPTS) {
        return words.question(consult, ref, attempt + 1);
      }
      if (meaning !== "yes") {
        course.legOver(consult, leg, "declined");
        return words.declined(consult);
      }
      if (!course.taken(consult, leg)) return words.gone(session);
      consult.notice = words.noticeOf(consult);
      rooms.expect(consult, leg, ref, consult.notice?.text.length);
      return words.takeCaller(consult, ref);
    },
    /** What follows a room that the person is in no longer. */
    left(session: CallSession | undefined): PhoneAnswer {
      const phase = session && consults.get(session)?.phase;
      return phase === "together" ? { do: "hangUp" } : words.gone(session);
    },
    /** How far Twilio has come with the call to a person. */
    status(
      ref: ConsultRef,
      session: CallSession | undefined,
      legSid: string,
      what: CallStatus | "machine",
    ): void {
      const found = legOf(ref, session, legSid);
      if (found === undefined) {
        return what === "machine" || !isFinal(what) ? undefined : orphaned(ref, session);
      }
      const { consult, leg } = found;
      if (what === "machine") return course.machine(consult, leg);
      if (what === "ringing") return course.progress(consult, leg, "ringing");
      if (what === "in-progress") return course.answered(consult, leg);
      if (!isFinal(what)) return;
      if (leg.state === "taken") return course.personGone(consult, leg);
      course.legOver(consult, leg, leg.isMachine ? "machine" : whyOf(what));
    },
    /** Somebody has come into a room, or left it. */
    room(ref: ConsultRef, session: CallSession | undefined, heard: RoomStep): void {
      const consult = session && consults.get(session);
      if (consult?.ref.number === ref.number) rooms.heard(consult, ref, heard);
    },
    /** Whether this end of a session leaves its caller and a person in the room in which its agent was. */
    leavesRoom: (session: CallSession, end: SessionEnd): boolean =>
      isInRoom(session) && isServerGone(end),
    /** Whether the agent is in a room with the caller and a person. */
    hasAgentIn(session: CallSession): boolean {
      const consult = consults.get(session);
      return consult?.phase === "together" && consult.agentSid !== undefined;
    },
    /** The agent's stream into the room has ended by itself: the two talk on without it. */
    agentLost: (session: CallSession): void => session.input({ type: "roomLeft" }),
    /** Settles when no request is under way. */
    close: calls.close,
  };

  /** Of those who are still to be called, those who may be called now. Never rejects. */
  async function stillAllowed({ session, ref, waiting }: Consult): Promise<Consult["waiting"]> {
    const { id: callId, request } = session;
    try {
      const decision = await transfers.decide(agents.ofCall(request), ref.alias);
      if (decision.ok) {
        const allowed = new Set(decision.targets.map(({ index }) => index));
        return waiting.filter(({ index }) => allowed.has(index));
      }
      const { agent } = request;
      log.warn("Transfer refused", { callId, agent, alias: ref.alias, code: decision.code });
    } catch (error) {
      log.warn("Transfer not decided", { callId, error });
    }
    return [];
  }

  function isInRoom(session: CallSession): boolean {
    const consult = consults.get(session);
    return consult?.phase === "together" && consult.ref.mode === "conference";
  }

  function fail(session: CallSession, number: number, why: TransferFailure): void {
    session.input({ type: "transferOver", number, result: { kind: "failed", why } });
  }

  /** A person has hung up of whom this process knows nothing: whoever brought them together is gone. */
  function orphaned({ number }: ConsultRef, session: CallSession | undefined): void {
    if (session === undefined || consults.has(session) || !session.isAway) return;
    const look = () => calls.keepCallerIfAlone({ session, room: roomOf(session.id, number) });
    session.ended.then(deps.setTimer(look, ASKS_WITHIN_MS));
  }

  /** Of a call that waits for it here; its id is learnt by the way. */
  function legOf(ref: ConsultRef, session: CallSession | undefined, legSid: string) {
    const consult = session && consults.get(session);
    const leg = consult?.ref.number === ref.number ? consult.legs.get(ref.target) : undefined;
    if (consult === undefined || leg === undefined || leg.state === "over") return undefined;
    leg.sid ??= legSid;
    return leg.sid === legSid ? { consult, leg } : undefined;
  }
}

/** Another process goes on with the call, or none does. */
function isServerGone(end: SessionEnd): boolean {
  return !isCallEnd(end) || end.reason === "server_stopped";
}
