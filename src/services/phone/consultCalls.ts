import type { TransferFailure } from "../../call/transfer.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import {
  CONSULT_DETECTION,
  consultAddresses,
  type ConsultRef,
  type SpokenMessage,
  type TwilioCalls,
  type TwilioConferences,
  TwilioProblem,
  updateWithRetries,
  writeTwiml,
} from "../twilioOutbound.ts";
import { type Consult, type ConsultLeg, takenLeg } from "./consult.ts";

export interface ConsultCallsDeps extends Pick<Clock, "setTimer"> {
  readonly twilio: Pick<TwilioCalls, "create" | "update" | "end">;
  readonly conferences: TwilioConferences;
  /** Opens another stream for a session whose caller is on the line without one. */
  readonly replaceStream: (session: CallSession) => void;
  /** Has the agent take part in the room of a transfer; false where it cannot. */
  readonly joinRoom: (consult: Consult) => Promise<string | undefined>;
  readonly ownNumber: string;
  readonly publicUrl: string;
  readonly log: Pick<Log, "warn">;
}

/** Twilio lets it ring some five seconds longer than it is told. */
const EXTRA_RING_S = 5;
const LEAST_RING_S = 5;

export type ConsultCalls = ReturnType<typeof createConsultCalls>;

/** Creates what is asked of Twilio for transfers that ask first. Nothing here rejects. */
export function createConsultCalls(deps: ConsultCallsDeps) {
  const { twilio, conferences, replaceStream, joinRoom, ownNumber, publicUrl, setTimer, log } =
    deps;
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();

  return {
    /** Calls a person; `onRefused` where Twilio does not. */
    callPerson(
      consult: Consult,
      leg: ConsultLeg,
      onRefused: (why: TransferFailure) => void,
    ): void {
      track(callPerson(consult, leg, onRefused));
    },
    /** Ends the call to a person, answered or not. */
    hangUp({ session }: Consult, { sid, state }: ConsultLeg): void {
      if (sid === undefined) return;
      track(
        twilio.end(sid, { unanswered: state === "calling" }).catch((error) =>
          log.warn("Person not hung up on", { callId: session.id, error })
        ),
      );
    },
    /** Says a last sentence to a person and ends the call to them. */
    tell({ session }: Consult, { sid }: ConsultLeg, message: SpokenMessage): void {
      if (sid === undefined) return;
      const twiml = writeTwiml({ do: "hangUp", message }, publicUrl);
      track(
        change(sid, () => ({ twiml })).then((outcome) => {
          if (outcome === "failed") log.warn("Person not told", { callId: session.id });
        }),
      );
    },
    /** Brings the caller into the room in which the person is. */
    bringCaller(consult: Consult, ref: ConsultRef, onFailed: (why: TransferFailure) => void): void {
      track(bringCaller(consult, ref, onFailed));
    },
    /** Whether a call is in the room; false too where Twilio does not say. */
    isInRoom: ({ room }: Consult, callSid: string): Promise<boolean> =>
      conferences.isIn(room, callSid).catch(() => false),
    /** Has the agent come into the room as a third. */
    bringAgent(consult: Consult): void {
      track(bringAgent(consult));
    },
    /** Takes the agent out of the room again; from then on it ends when the person leaves. */
    takeAgentOut(consult: Consult): void {
      const { agentSid, room } = consult;
      const leg = takenLeg(consult);
      if (agentSid === undefined || leg?.sid === undefined) return;
      delete consult.agentSid;
      track(
        conferences.endsWith(room, leg.sid)
          .finally(() => twilio.end(agentSid, { unanswered: false }))
          .catch((error) => log.warn("Agent not taken out", { callId: consult.session.id, error })),
      );
    },
    /** The caller who may be on the way to an empty room is with the agent again. */
    keepCaller({ session }: Consult): void {
      if (!session.hasEnded && !session.hasLeg) replaceStream(session);
    },
    /** A caller whom a person has left, and of whom Twilio has not asked how to go on, is not left alone. */
    keepCallerIfAlone,
    async close(): Promise<void> {
      closing.abort();
      await Promise.all(underWay);
    },
  };

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  }

  function keepCallerIfAlone({ session, room }: Pick<Consult, "session" | "room">): void {
    const { callSid } = session;
    if (session.hasEnded || !session.isAway || callSid === undefined) return;
    track(
      conferences.isIn(room, callSid).then((isAlone) => {
        if (isAlone && !session.hasEnded && session.isAway) replaceStream(session);
      }).catch((error) => log.warn("Room not looked at", { callId: session.id, error })),
    );
  }

  function change(sid: string, what: Parameters<typeof updateWithRetries>[1]["change"]) {
    return updateWithRetries(sid, { twilio, change: what, signal: closing.signal, setTimer });
  }

  async function callPerson(
    { session, ref: { number }, transfer, timeLimitSeconds }: Consult,
    leg: ConsultLeg,
    onRefused: (why: TransferFailure) => void,
  ): Promise<void> {
    const { target } = leg;
    const ref = { callId: session.id, number, target: target.index };
    const { ask, status } = consultAddresses(ref, publicUrl);
    const detects = transfer.machine === "return" && target.kind === "number";
    try {
      const { sid } = await twilio.create({
        to: target.kind === "number" ? target.number : target.uri,
        from: ownNumber,
        url: ask,
        timeout: Math.max(LEAST_RING_S, transfer.ringSeconds - EXTRA_RING_S),
        timeLimit: timeLimitSeconds,
        statusCallback: status,
        statusCallbackEvent: ["ringing", "answered", "completed"],
        ...(detects && { ...CONSULT_DETECTION, asyncAmdStatusCallback: status }),
      });
      leg.sid ??= sid;
      // It was given up while Twilio was asked.
      if (leg.state === "over") await twilio.end(sid, { unanswered: true });
    } catch (error) {
      // Twilio may have placed it, and tells of it then.
      if (error instanceof TwilioProblem && error.code === "outcome_unknown") return;
      log.warn("Person not called", { callId: session.id, error });
      onRefused("failed");
    }
  }

  async function bringCaller(
    consult: Consult,
    ref: ConsultRef,
    onFailed: (why: TransferFailure) => void,
  ): Promise<void> {
    const { session, room, timeLimitSeconds } = consult;
    const { callSid } = session;
    if (callSid === undefined || session.hasEnded) return onFailed("unknown");
    const twiml = writeTwiml({ do: "enterRoom", ref, room, timeLimitSeconds }, publicUrl);
    const outcome = await change(callSid, () => consult.phase === "moving" ? { twiml } : undefined);
    if (outcome === "over") {
      return session.input({ type: "hangUp", end: { reason: "caller_hung_up" } });
    }
    if (outcome === "accepted") return;
    log.warn("Caller not brought to the person", { callId: session.id });
    onFailed("unknown");
  }

  /** The two talk without the agent, and the room ends when the person leaves. */
  async function talkWithoutAgent(consult: Consult): Promise<void> {
    const { session, ref: { number }, room } = consult;
    session.input({ type: "agentAbsent", number });
    const sid = takenLeg(consult)?.sid;
    try {
      if (sid !== undefined) return await conferences.endsWith(room, sid);
    } catch (error) {
      log.warn("Room does not end with the person", { callId: session.id, error });
    }
    if (takenLeg(consult) === undefined) keepCallerIfAlone(consult);
  }

  async function bringAgent(consult: Consult): Promise<void> {
    try {
      const sid = await joinRoom(consult);
      if (sid === undefined) return;
      // The person has left meanwhile: the caller is taken back from an empty room.
      if (takenLeg(consult) === undefined) {
        await twilio.end(sid, { unanswered: true });
        return keepCallerIfAlone(consult);
      }
      consult.agentSid = sid;
    } catch (error) {
      log.warn("Agent not brought into the room", { callId: consult.session.id, error });
      await talkWithoutAgent(consult);
    }
  }
}
