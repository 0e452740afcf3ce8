/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";

/** An appointment as the API lists it. */
export interface Appointment {
  readonly id: string;
  readonly calendar: string;
  readonly service: string;
  /** ISO 8601, as all times here. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly state: "booked" | "cancelled";
  /** Empty once it is erased. */
  readonly name: string;
  readonly phone: string | null;
  readonly note: string | null;
  readonly callId: string | null;
}

export interface ListedCalendar {
  readonly name: string;
  readonly timeZone: string;
  /** Titles of its services, by their names. */
  readonly services: Readonly<Record<string, string>>;
}

export interface AppointmentPage {
  readonly appointments: readonly Appointment[];
  readonly more: boolean;
  readonly calendars: readonly ListedCalendar[];
}

/** Appointments in the order of their times. Throws `RequestError`. */
export function fetchAppointments(
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<AppointmentPage> {
  return fetchApiJson<AppointmentPage>(`/api/appointments?${new URLSearchParams(query)}`, {
    signal,
  });
}

/** The service as people call it; an operator's own words stay as they are. */
export function serviceOf(
  { calendar, service }: Appointment,
  calendars: readonly ListedCalendar[],
): string {
  const titles = calendars.find(({ name }) => name === calendar)?.services ?? {};
  return Object.hasOwn(titles, service) ? titles[service] ?? service : service;
}

/** That of the calendar; the browser's own where it is not known. */
export function zoneOf(
  { calendar }: Appointment,
  calendars: readonly ListedCalendar[],
): string | undefined {
  return calendars.find(({ name }) => name === calendar)?.timeZone;
}

/** `Tuesday, March 2, 2027` */
export function formatDate(moment: string, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat("en", { dateStyle: "full", ...zoned(timeZone) })
    .format(new Date(moment));
}

/** `10:00–10:30` */
export function formatTimes(
  { startsAt, endsAt }: Appointment,
  timeZone: string | undefined,
): string {
  const clock = new Intl.DateTimeFormat("en", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...zoned(timeZone),
  });
  return `${clock.format(new Date(startsAt))}–${clock.format(new Date(endsAt))}`;
}

function zoned(timeZone: string | undefined): { readonly timeZone?: string } {
  return timeZone === undefined ? {} : { timeZone };
}
