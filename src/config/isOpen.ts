import { type Hours, isClosedOn } from "./hoursSchema.ts";

/** A moment by the clocks of a place. */
export interface LocalTime {
  /** As `2026-12-24`. */
  readonly date: string;
  readonly minute: number;
}

const DAY_MS = 24 * 60 * 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * Whether hours are open at a moment, in milliseconds since 1970. A stretch belongs to the day on which it
 * begins: on a closed day none begins, and one of the day before is not cut short.
 */
export function isOpen(
  { week, closed }: Pick<Hours, "week" | "closed">,
  timeZone: string,
  at: number,
): boolean {
  const { date, minute } = localTimeOf(at, timeZone);
  return isWithin(date, minute) || isWithin(dayBefore(date), minute + DAY_MINUTES);

  function isWithin(day: string, since: number): boolean {
    const spans = week[weekdayOf(day)] ?? [];
    return spans.some(({ fromMinute, toMinute }) => since >= fromMinute && since < toMinute) &&
      !isClosedOn(day, closed);
  }
}

/** What the clocks there show: in the hour that is repeated as summer time ends, the same twice. */
function localTimeOf(at: number, timeZone: string): LocalTime {
  const parts: Record<string, string> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) parts[type] = value;
  const { year = "", month = "", day = "", hour, minute } = parts;
  return {
    date: `${year.padStart(4, "0")}-${month}-${day}`,
    minute: Number(hour) * 60 + Number(minute),
  };
}

/** Making one takes long; there are some hundred time zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en", {
    timeZone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  formats.set(timeZone, format);
  return format;
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - DAY_MS).toISOString().slice(0, 10);
}

/** From Monday on. */
function weekdayOf(date: string): number {
  return (new Date(Date.parse(date)).getUTCDay() + 6) % 7;
}
