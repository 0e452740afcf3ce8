import type { Appointment } from "../store.ts";

export interface CalendarText {
  readonly title: string;
  /** What a service is called; itself where nobody says. */
  readonly titleOf: (appointment: Appointment) => string;
  readonly appointments: readonly Appointment[];
}

/** Writes appointments as iCalendar (RFC 5545), for calendar programs. Times are in UTC. */
export function writeCalendar({ title, titleOf, appointments }: CalendarText): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Parley//Appointments//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    `X-WR-CALNAME:${escaped(title)}`,
    "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
    ...appointments.flatMap((appointment) => eventOf(appointment, titleOf(appointment))),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

function eventOf(appointment: Appointment, title: string): readonly string[] {
  const { id, name, phone, note, state, startsAt, endsAt, changedAt } = appointment;
  const about = [phone, note].filter((part) => part !== undefined).join("\n");
  return [
    "BEGIN:VEVENT",
    `UID:${escaped(id)}@parley`,
    `DTSTAMP:${utc(changedAt)}`,
    `LAST-MODIFIED:${utc(changedAt)}`,
    `DTSTART:${utc(startsAt)}`,
    `DTEND:${utc(endsAt)}`,
    // Programs take over only what is newer than what they have.
    `SEQUENCE:${Math.floor(changedAt / 1000) % 2 ** 31}`,
    `SUMMARY:${escaped(name === "" ? title : `${title}: ${name}`)}`,
    ...(about === "" ? [] : [`DESCRIPTION:${escaped(about)}`]),
    `STATUS:${state === "booked" ? "CONFIRMED" : "CANCELLED"}`,
    "END:VEVENT",
  ];
}

function utc(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

function escaped(text: string): string {
  return text.replaceAll(/[\\;,]/g, "\\$&").replaceAll(/\r\n?|\n/g, "\\n")
    // deno-lint-ignore no-control-regex -- these are what a line must not hold
    .replaceAll(/[\0-\x08\x0b-\x1f\x7f]/g, "");
}

const encoder = new TextEncoder();
const MAX_LINE_BYTES = 75;

/** A line of more than 75 bytes goes on in the next, after a space; no character is divided. */
function folded(line: string): string {
  let bytes = 0;
  let text = "";
  for (const char of line) {
    const { length } = encoder.encode(char);
    if (bytes + length > MAX_LINE_BYTES) {
      text += "\r\n ";
      bytes = 1;
    }
    text += char;
    bytes += length;
  }
  return text;
}
