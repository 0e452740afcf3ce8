import { rfc2822 } from "../api/callFacts.ts";
import { present } from "../../../utils/present.ts";

/** What is told of a conference. */
export type ConferenceStep =
  | "wait"
  | "conference-start"
  | "conference-end"
  | `participant-${"join" | "leave" | "mute" | "unmute" | "hold" | "unhold" | "modify"}`
  | `announcement-${"end" | "fail"}`;

/** The fields that every callback of a conference carries. */
export function conferenceParams(
  conference: { readonly sid: string; readonly name: string },
  step: ConferenceStep,
  sequence: number,
  member?: ToldMember,
): Record<string, string> {
  return {
    ConferenceSid: conference.sid,
    FriendlyName: conference.name,
    StatusCallbackEvent: step,
    SequenceNumber: String(sequence),
    Timestamp: rfc2822(new Date()),
    ...(member === undefined ? {} : memberParams(member)),
  };
}

/** What is told of a participant. */
export interface ToldMember {
  readonly sid: string;
  readonly options: {
    readonly muted: boolean;
    readonly hold: boolean;
    readonly coach: string | undefined;
    readonly startOnEnter: boolean;
    readonly endOnExit: boolean;
    readonly label: string | undefined;
  };
}

function memberParams({ sid, options }: ToldMember): Record<string, string> {
  const { muted, hold, coach, startOnEnter, endOnExit, label } = options;
  return {
    CallSid: sid,
    Muted: String(muted),
    Hold: String(hold),
    Coaching: String(coach !== undefined),
    ...present({ CallSidToCoach: coach, ParticipantLabel: label }),
    StartConferenceOnEnter: String(startOnEnter),
    EndConferenceOnExit: String(endOnExit),
  };
}
