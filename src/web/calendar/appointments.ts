/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import type { Appointment, AppointmentPage, ListedCalendar } from "../apiTypes.ts";
import { language } from "../text.ts";

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
  return new Intl.DateTimeFormat(language, { dateStyle: "full", ...zoned(timeZone) })
    .format(new Date(moment));
}

/** `10:00–10:30` */
export function formatTimes(
  { startsAt, endsAt }: Appointment,
  timeZone: string | undefined,
): string {
  const clock = new Intl.DateTimeFormat(language, {
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
