import type { Clock } from "../../utils/clock.ts";
import type { ConsultRef } from "../twilioOutbound.ts";
import { type Consult, type ConsultLeg, takenLeg } from "./consult.ts";
import type { ConsultCalls } from "./consultCalls.ts";
import type { ConsultCourse } from "./consultCourse.ts";

export interface ConsultRoomDeps extends Pick<Clock, "setTimer"> {
  readonly calls: ConsultCalls;
  readonly course: ConsultCourse;
}

/** Who has come into a room, or left it. */
export interface RoomStep {
  readonly step: string;
  readonly callSid: string;
}

/** Twilio tells of a room only once, and does not try again. */
const LOOK_EVERY_MS = 4000;
/** In all longer than the caller may take to be brought into the room. */
const MAX_LOOKS = 5;
/** Of a slow voice. */
const MS_PER_CHARACTER = 100;

/**
 * Creates what brings caller and person together in their room: by what Twilio tells of it, and where nothing is heard
 * of it, by looking who is in it.
 */
export function createConsultRoom({ calls, course, setTimer }: ConsultRoomDeps) {
  return {
    /**
     * The person is on the way into the room, after so many characters of a notice are said; neither of both is
     * left alone in it.
     */
    expect(consult: Consult, leg: ConsultLeg, ref: ConsultRef, characters = 0): void {
      const looks = Math.ceil(characters * MS_PER_CHARACTER / LOOK_EVERY_MS);
      watch(consult, leg, ref, MAX_LOOKS + looks);
    },
    /** What Twilio tells of the room of a person who has taken the call. */
    heard(consult: Consult, ref: ConsultRef, { step, callSid }: RoomStep): void {
      const leg = takenLeg(consult);
      if (leg === undefined) return;
      if (step === "participant-join") entered(consult, leg, ref, callSid);
      if (step === "participant-leave" && callSid === leg.sid) course.personGone(consult, leg);
    },
  };

  function entered(consult: Consult, leg: ConsultLeg, ref: ConsultRef, callSid: string): void {
    if (callSid === leg.sid && consult.phase === "taken") {
      consult.phase = "moving";
      watch(consult, leg, ref, MAX_LOOKS);
      void calls.bringCaller(consult, ref, (why) => course.failed(consult, leg, why));
    }
    if (callSid === consult.session.callSid && consult.phase === "moving") {
      consult.phase = "together";
      leg.cancelTimer();
      course.progress(consult, leg, "connected");
      if (consult.ref.mode === "conference") void calls.bringAgent(consult);
    }
  }

  function watch(consult: Consult, leg: ConsultLeg, ref: ConsultRef, looks: number): void {
    leg.cancelTimer();
    leg.cancelTimer = setTimer(() => void look(consult, leg, ref, looks - 1), LOOK_EVERY_MS);
  }

  async function look(
    consult: Consult,
    leg: ConsultLeg,
    ref: ConsultRef,
    looks: number,
  ): Promise<void> {
    const { phase, session } = consult;
    const awaited = phase === "taken" ? leg.sid : session.callSid;
    const isThere = awaited !== undefined && await calls.isInRoom(consult, awaited);
    if (consult.phase !== phase || leg.state !== "taken") return;
    if (isThere) return entered(consult, leg, ref, awaited);
    if (looks === 0) return course.failed(consult, leg, "unknown");
    watch(consult, leg, ref, looks);
  }
}
