import { callerAnswer } from "../../call/answerMeaning.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { TransferFailure, TransferRef } from "../../call/transfer.ts";
import { isCallEnd, type SessionEnd } from "../../call/types.ts";
import { conversationLanguages } from "../../config/agentSchema.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import type { Redactions } from "../redaction.ts";
import { failureOf, type TransferPolicy } from "../spending.ts";
import {
  type CallStatus,
  type ConsultRef,
  consultTextsOf,
  isFinal,
  type PhoneAnswer,
} from "../twilioOutbound.ts";
import { type Consult, roomOf, whyOf } from "./consult.ts";
import { consultBrief } from "./consultBrief.ts";
import { type ConsultCalls, type ConsultCallsDeps, createConsultCalls } from "./consultCalls.ts";
import { createConsultCourse } from "./consultCourse.ts";
import { createConsultRoom, type RoomStep } from "./consultRoom.ts";
import type { AgentVoices } from "./endedCallAnswer.ts";
import { recordingNotice } from "./recordingNotice.ts";
import type { TransferredCalls } from "./transferredCalls.ts";

export interface ConsultsDeps extends Clock, ConsultCallsDeps {
  readonly agents: AgentVoices;
  readonly transfers: Pick<TransferPolicy, "decide" | "take">;
  readonly wallClock: () => number;
  readonly transferredCalls: Pick<TransferredCalls, "reserve">;
  /** A person is told nothing that is blacked out. */
  readonly redactions: Pick<Redactions, "text">;
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
  const { agents, transfers, transferredCalls, redactions, log } = deps;
  const consults = new WeakMap<CallSession, Consult>();
  const calls: ConsultCalls = createConsultCalls(deps);
  const course = createConsultCourse({
    calls,
    setTimer: deps.setTimer,
    goneMessage({ session }) {
      const { texts, say } = textsOf(session);
      return say(texts.gone);
    },
  });
  const rooms = createConsultRoom({ calls, course, setTimer: deps.setTimer });

  return {
    /** Begins it. Never rejects. */
    async begin(session: CallSession, ref: TransferRef, brief: string | undefined): Promise<void> {
      const { id: callId, request } = session;
      try {
        const decision = await transfers.decide(agents.ofCall(request), ref.alias);
        if (!decision.ok) {
          const { agent } = request;
          log.warn("Transfer refused", { callId, agent, alias: ref.alias, code: decision.code });
          return fail(session, ref.number, failureOf(decision));
        }
        const { transfer } = decision;
        const targets = await transfers.take(callId, decision.targets);
        if (targets.length === 0) return fail(session, ref.number, "limit");
        const reserved = await transferredCalls.reserve(callId);
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
        if (session.hasEnded) return;
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
      if (found?.consult.phase !== "asking") return gone(session);
      const { consult, leg } = found;
      course.answered(consult, leg);
      return question(consult, ref, 1);
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
      if (found?.leg.state === "taken") return takeCaller(found.consult, ref);
      if (found?.consult.phase !== "asking" || found.leg.isMachine) return gone(session);
      const { consult, leg } = found;
      const { texts, say } = textsOf(consult.session);
      const meaning = meaningOf(consult, digits, speech);
      if (meaning === "unclear" && attempt < MAX_ATTEMPTS) {
        return question(consult, ref, attempt + 1);
      }
      if (meaning !== "yes") {
        course.legOver(consult, leg, "declined");
        return { do: "hangUp", message: say(texts.declined) };
      }
      course.taken(consult, leg);
      rooms.expect(consult, leg, ref, noticeOf(consult)?.text.length);
      return takeCaller(consult, ref);
    },
    /** What follows a room that the person is in no longer. */
    left(session: CallSession | undefined): PhoneAnswer {
      const phase = session && consults.get(session)?.phase;
      return phase === "together" ? { do: "hangUp" } : gone(session);
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

  function textsOf({ request }: Pick<CallSession, "request">) {
    return consultTextsOf(agents.ofCall(request));
  }

  /** The agent's stream has the person's voice, which no stream has without the agent. */
  function noticeOf({ session, ref: { mode } }: Consult) {
    if (mode !== "conference") return undefined;
    return recordingNotice(session, agents.ofCall(session.request), new Date(deps.wallClock()));
  }

  function question(consult: Consult, ref: ConsultRef, attempt: number): PhoneAnswer {
    const { session, brief } = consult;
    const { texts, say } = textsOf(session);
    const told = consultBrief(texts, {
      request: session.request,
      brief: brief === undefined ? undefined : redactions.text(session, brief),
      events: session.snapshot().map((event) =>
        event.type === "turn"
          ? { ...event, turn: { ...event.turn, text: redactions.text(session, event.turn.text) } }
          : event
      ),
    });
    return {
      do: "consult",
      ref,
      brief: attempt === 1 ? say(told) : undefined,
      question: say(attempt === 1 ? texts.question : texts.again),
      hints: consult.transfer.accept ?? texts.hints,
      attempt,
    };
  }

  function takeCaller(consult: Consult, ref: ConsultRef): PhoneAnswer {
    const { session, room, timeLimitSeconds, ref: { mode } } = consult;
    const { texts, say } = textsOf(session);
    const notice = noticeOf(consult);
    return {
      do: "takeCaller",
      ref,
      room,
      messages: [...(notice === undefined ? [] : [notice]), say(texts.connecting)],
      endsRoom: mode !== "conference",
      timeLimitSeconds,
    };
  }

  function meaningOf(
    { session, transfer }: Consult,
    digits: string,
    speech: string,
  ): ReturnType<typeof callerAnswer> {
    if (digits !== "") return digits === "1" ? "yes" : digits === "2" ? "no" : "unclear";
    const agent = agents.ofCall(session.request);
    const languages = agent === undefined ? [] : conversationLanguages(agent);
    const own = transfer.accept === undefined ? {} : { yes: transfer.accept };
    return callerAnswer(speech, languages ?? [], own);
  }

  /** Of a call that waits for it here; its id is learnt by the way. */
  function legOf(ref: ConsultRef, session: CallSession | undefined, legSid: string) {
    const consult = session && consults.get(session);
    const leg = consult?.ref.number === ref.number ? consult.legs.get(ref.target) : undefined;
    if (consult === undefined || leg === undefined || leg.state === "over") return undefined;
    leg.sid ??= legSid;
    return leg.sid === legSid ? { consult, leg } : undefined;
  }

  function gone(session: CallSession | undefined): PhoneAnswer {
    const { texts, say } = session === undefined ? consultTextsOf() : textsOf(session);
    return { do: "hangUp", message: say(texts.gone) };
  }
}

/** Another process goes on with the call, or none does. */
function isServerGone(end: SessionEnd): boolean {
  return !isCallEnd(end) || end.reason === "server_stopped";
}
