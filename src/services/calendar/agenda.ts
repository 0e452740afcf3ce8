import type { Agent, Agents } from "../../config/agents.ts";
import type { Appointment, BookingResult, CalendarStore } from "../store.ts";
import { newId } from "../../utils/ids.ts";
import { appointmentMessage } from "./appointmentMessage.ts";
import { writeCalendar } from "./icalendar.ts";

export interface AgendaDeps {
  readonly store: CalendarStore;
  readonly agents: Pick<Agents, "names" | "get">;
  readonly endpoint: string | undefined;
  readonly onChange: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What an operator enters: a service of the calendar, or any other use of its time. */
export type EnteredAppointment =
  & Pick<Appointment, "calendar" | "service" | "startsAt" | "name" | "phone" | "note">
  & { readonly minutes?: number };

export type EnteredResult = BookingResult | {
  readonly ok: false;
  readonly code: "unknown_calendar" | "minutes_needed";
};

/** A calendar as its agents' files describe it. */
export interface CalendarDescription {
  readonly name: string;
  readonly timeZone: string;
  /** Titles of its services, by their names. */
  readonly services: Readonly<Record<string, string>>;
}

/** What one download holds. */
const MAX_EVENTS = 2000;
const DAY_MS = 24 * 60 * 60_000;

/** The appointments of all calendars, as operators see and change them: at any time that is not taken. */
export function createAgenda({ store, agents, endpoint, onChange, now }: AgendaDeps) {
  /** Those who share a calendar may describe it differently: the largest capacity counts. */
  function agentsWith(calendar: string): readonly Agent[] {
    return agents.names.flatMap((name) => {
      const agent = agents.get(name);
      return agent?.calendar?.name === calendar ? [agent] : [];
    });
  }

  const serviceOf = ({ calendar, service }: Pick<Appointment, "calendar" | "service">) =>
    agentsWith(calendar).flatMap((agent) => agent.calendar?.services[service] ?? [])[0];

  const deliveryOf = (change: "booked" | "cancelled") =>
    endpoint === undefined
      ? undefined
      : (appointment: Appointment) => appointmentMessage(change, appointment, { endpoint });

  function told(result: BookingResult): BookingResult {
    if (result.ok && result.isNew) onChange();
    return result;
  }

  return {
    list: store.list,
    /** By name; of several agents that share one, the first says its time zone. */
    calendars(): readonly CalendarDescription[] {
      const names = new Set(agents.names.flatMap((name) => agents.get(name)?.calendar?.name ?? []));
      return [...names].sort().map((name) => {
        const known = agentsWith(name);
        const services = known.toReversed().flatMap(({ calendar }) =>
          Object.entries(calendar?.services ?? {}).map(([key, { title }]) => [key, title] as const)
        );
        return {
          name,
          timeZone: known[0]?.timezone ?? "UTC",
          services: Object.fromEntries(services),
        };
      });
    },
    get: store.get,
    async enter({ minutes, ...entered }: EnteredAppointment): Promise<EnteredResult> {
      const known = agentsWith(entered.calendar);
      if (known.length === 0) return { ok: false, code: "unknown_calendar" };
      const length = minutes ?? serviceOf(entered)?.minutes;
      if (length === undefined) return { ok: false, code: "minutes_needed" };
      const capacity = Math.max(...known.map(({ calendar }) => calendar?.capacity ?? 1));
      const wanted = {
        ...entered,
        id: `apt_${newId("").slice(-16)}`,
        endsAt: entered.startsAt + length * 60_000,
      };
      const options = { capacity, maxOfCall: 1, now: now(), deliveryOf: deliveryOf("booked") };
      return told(await store.book(wanted, options));
    },
    async cancel(id: string): Promise<BookingResult> {
      return told(await store.cancel(id, { now: now(), deliveryOf: deliveryOf("cancelled") }));
    },
    /** The calendar file of one calendar, or of all: from a month ago on. */
    async file(calendar?: string): Promise<string> {
      const appointments = await store.list({
        ...(calendar !== undefined && { calendar }),
        from: now() - 30 * DAY_MS,
        limit: MAX_EVENTS,
      });
      return writeCalendar({
        title: calendar ?? "Appointments",
        titleOf: (appointment) => serviceOf(appointment)?.title ?? appointment.service,
        appointments,
      });
    },
  };
}
