import type { TransferFailure } from "../../call/transfer.ts";
import type { Clock } from "../../utils/clock.ts";
import type { AllowedTarget } from "../spending.ts";
import type { SpokenMessage } from "../twilioOutbound.ts";
import type { Consult, ConsultLeg } from "./consult.ts";
import type { ConsultCalls } from "./consultCalls.ts";

export interface ConsultCourseDeps extends Pick<Clock, "setTimer"> {
  readonly calls: ConsultCalls;
  /** Those of `waiting` who may be called now. Never rejects. */
  readonly stillAllowed: (consult: Consult) => Promise<Consult["waiting"]>;
  /** Said to somebody who is asked no more. */
  readonly goneMessage: (consult: Consult) => SpokenMessage;
}

/** Twilio lets it ring five seconds longer than it is told, and then calls back. */
const RING_MARGIN_MS = 15_000;
/** The longest words about a caller, and two questions. */
const ANSWER_MS = 90_000;
/** Twilio asks at once how to go on after a conference. */
const ASKS_WITHIN_MS = 6000;

export type ConsultCourse = ReturnType<typeof createConsultCourse>;

/** Creates what moves a transfer on that asks first: from one person to the next, into the room, or to its end. */
export function createConsultCourse(
  { calls, stillAllowed, goneMessage, setTimer }: ConsultCourseDeps,
) {
  return { callNext, progress, answered, machine, legOver, taken, giveUp, failed, personGone };

  function progress(
    { session, ref: { number } }: Consult,
    { target }: ConsultLeg,
    step: "ringing" | "answered" | "accepted" | "connected",
  ): void {
    session.input({ type: "transferProgress", number, target: target.index, step });
  }

  function callNext(consult: Consult): void {
    const inTurn = consult.transfer.order === "in_turn";
    const targets = consult.waiting.splice(0, inTurn ? 1 : consult.waiting.length);
    for (const target of targets) call(consult, target);
  }

  function call(consult: Consult, target: AllowedTarget): void {
    const ringMs = consult.transfer.ringSeconds * 1000 + RING_MARGIN_MS;
    const leg: ConsultLeg = {
      target,
      sid: undefined,
      state: "calling",
      isMachine: false,
      cancelTimer: setTimer(() => overdue(consult, leg, "no_answer"), ringMs),
    };
    consult.legs.set(target.index, leg);
    void calls.callPerson(consult, leg, (why) => legOver(consult, leg, why));
  }

  function answered(consult: Consult, leg: ConsultLeg): void {
    if (leg.state !== "calling") return;
    leg.state = "answered";
    leg.cancelTimer();
    leg.cancelTimer = setTimer(() => overdue(consult, leg, "declined"), ANSWER_MS);
    progress(consult, leg, "answered");
  }

  function overdue(consult: Consult, leg: ConsultLeg, why: TransferFailure): void {
    if (leg.state === "over" || leg.state === "taken") return;
    calls.hangUp(consult, leg);
    legOver(consult, leg, why);
  }

  function machine(consult: Consult, leg: ConsultLeg): void {
    if (consult.transfer.machine === "connect" || leg.state === "taken") return;
    leg.isMachine = true;
    calls.hangUp(consult, leg);
    legOver(consult, leg, "machine");
  }

  function legOver(consult: Consult, leg: ConsultLeg, why: TransferFailure): void {
    if (leg.state === "over") return;
    leg.state = "over";
    leg.cancelTimer();
    if (consult.phase !== "asking") return;
    consult.why = why;
    if ([...consult.legs.values()].some(({ state }) => state !== "over")) return;
    if (consult.waiting.length > 0) return void callAllowed(consult);
    nobodyTakes(consult);
  }

  /** By the rules as they are now: the one before may have rung for minutes. */
  async function callAllowed(consult: Consult): Promise<void> {
    consult.waiting = await stillAllowed(consult);
    if (consult.phase !== "asking") return;
    if (consult.waiting.length === 0) return nobodyTakes(consult);
    callNext(consult);
  }

  function nobodyTakes(consult: Consult): void {
    consult.phase = "over";
    fail(consult, consult.why);
  }

  /** Ends the call to somebody who is asked no more, with a sentence where they have picked up. */
  function drop(consult: Consult, leg: ConsultLeg): void {
    if (leg.state === "over") return;
    if (leg.state === "calling") calls.hangUp(consult, leg);
    else calls.tell(consult, leg, goneMessage(consult));
    leg.state = "over";
    leg.cancelTimer();
  }

  function giveUp(consult: Consult): void {
    const wasTogether = consult.phase === "together";
    const { agentSid } = consult;
    consult.phase = "over";
    if (wasTogether && agentSid === undefined) return;
    for (const leg of consult.legs.values()) drop(consult, leg);
  }

  /** It has failed after somebody had taken the call. */
  function failed(consult: Consult, leg: ConsultLeg, why: TransferFailure): void {
    if (consult.phase === "over" || consult.phase === "together") return;
    consult.phase = "over";
    drop(consult, leg);
    fail(consult, why);
    calls.keepCaller(consult);
  }

  /** Before the caller was there, it has failed; afterwards Twilio asks how the caller goes on. */
  function personGone(consult: Consult, leg: ConsultLeg): void {
    if (leg.state === "over") return;
    leg.state = "over";
    leg.cancelTimer();
    const { session, ref: { number } } = consult;
    if (consult.phase === "taken" || consult.phase === "moving") {
      consult.phase = "over";
      fail(consult, "declined");
      return calls.keepCaller(consult);
    }
    if (consult.phase !== "together") return;
    if (consult.agentSid !== undefined) {
      consult.phase = "over";
      return session.input({ type: "transferOver", number, result: { kind: "talked" } });
    }
    session.ended.then(setTimer(() => calls.keepCallerIfAlone(consult), ASKS_WITHIN_MS));
  }

  /**
   * Somebody wants the call: nobody else is asked any more. Returns false where the session gives the transfer up
   * at that, such as while the agent says goodbye: the person is told by the answer to what they have said.
   */
  function taken(consult: Consult, leg: ConsultLeg): boolean {
    leg.state = "over";
    leg.cancelTimer();
    consult.phase = "taken";
    for (const other of consult.legs.values()) drop(consult, other);
    progress(consult, leg, "accepted");
    if (!isTaken(consult)) return false;
    leg.state = "taken";
    return true;
  }

  function isTaken({ phase }: Consult): boolean {
    return phase === "taken";
  }

  function fail({ session, ref: { number } }: Consult, why: TransferFailure): void {
    session.input({ type: "transferOver", number, result: { kind: "failed", why } });
  }
}
