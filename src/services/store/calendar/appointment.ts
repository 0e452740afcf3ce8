import { choiceOf, maybeText, numberOf, textOf } from "../row.ts";
import type { Row } from "../database.ts";
import { present } from "../../../utils/present.ts";

export const appointmentStates = ["booked", "cancelled"] as const;

/** A time that is taken, or was until it was cancelled; times are in milliseconds since 1970. */
export interface Appointment {
  readonly id: string;
  /** Agents that name the same calendar share its times. */
  readonly calendar: string;
  /** The name of a service in the agent's file, or of what an operator has entered. */
  readonly service: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly state: (typeof appointmentStates)[number];
  /** Empty once it is erased. */
  readonly name: string;
  readonly phone?: string;
  readonly note?: string;
  /** The call that it was booked in. */
  readonly callId?: string;
  readonly createdAt: number;
  readonly changedAt: number;
}

export function appointmentOf(row: Row): Appointment {
  return {
    id: textOf(row, "id"),
    calendar: textOf(row, "calendar"),
    service: textOf(row, "service"),
    startsAt: numberOf(row, "starts_at"),
    endsAt: numberOf(row, "ends_at"),
    state: choiceOf(row, "state", appointmentStates),
    name: textOf(row, "name"),
    ...present({
      phone: maybeText(row, "phone"),
      note: maybeText(row, "note"),
      callId: maybeText(row, "call_id"),
    }),
    createdAt: numberOf(row, "created_at"),
    changedAt: numberOf(row, "changed_at"),
  };
}
