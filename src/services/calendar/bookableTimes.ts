import type { CalendarRules } from "../../config/calendarSchema.ts";
import { isClosedOn } from "../../config/hoursSchema.ts";
import { cellsOf, type TakenCell } from "../store.ts";

/** A day in the calendar's own time zone. */
export type Day = Temporal.PlainDate;

/** What an agent's file says of its calendar. */
export interface BookingRules extends CalendarRules {
  readonly timezone: string;
}

/** When an appointment can begin. */
export interface FreeTime {
  /** Milliseconds since 1970. */
  readonly startsAt: number;
  /** By the calendar's clocks, in minutes since midnight. */
  readonly minute: number;
}

/** The cells that are taken of each of a calendar's places. */
export type TakenPlaces = readonly ReadonlySet<number>[];

export function placesOf(taken: readonly TakenCell[], capacity: number): TakenPlaces {
  const places = Array.from({ length: capacity }, () => new Set<number>());
  for (const { resource, cell } of taken) places[resource]?.add(cell);
  return places;
}

export interface TimesRequest {
  readonly rules: BookingRules;
  readonly minutes: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly taken: TakenPlaces;
}

/** The day that it is in a time zone; the time is in milliseconds since 1970. */
export function dayAt(time: number, timezone: string): Day {
  return zoned(time, timezone).toPlainDate();
}

/** A moment by the clocks of a time zone. */
export function zoned(time: number, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(timezone);
}

/** When a day begins, in milliseconds since 1970. */
export function startOfDay(day: Day, timezone: string): number {
  return day.toZonedDateTime({ timeZone: timezone }).epochMilliseconds;
}

/** The last day that can be booked. */
export function lastDay({ timezone, max_days_ahead }: BookingRules, now: number): Day {
  return dayAt(now, timezone).add({ days: max_days_ahead });
}

/** When appointments of a length can begin on a day, in order. */
export function freeTimesOn(day: Day, request: TimesRequest): readonly FreeTime[] {
  const { rules, minutes, now, taken } = request;
  if (Temporal.PlainDate.compare(day, lastDay(rules, now)) > 0) return [];
  const earliest = now + rules.min_notice_minutes * MINUTE_MS;
  return openTimesOn(day, rules, minutes).filter(({ startsAt }) => {
    if (startsAt < earliest) return false;
    const cells = cellsOf(startsAt, startsAt + minutes * MINUTE_MS);
    return taken.some((place) => !cells.some((cell) => place.has(cell)));
  });
}

/** When appointments could begin if none were taken. */
function openTimesOn(day: Day, rules: BookingRules, minutes: number): readonly FreeTime[] {
  const spans = isClosedOn(day.toString(), rules.closed)
    ? []
    : rules.hours[day.dayOfWeek - 1] ?? [];
  if (spans.length === 0) return [];
  const { exactly, orAfter } = clockOf(day, rules.timezone);
  return spans.flatMap(({ fromMinute, toMinute }) => {
    const end = orAfter(toMinute);
    const times: FreeTime[] = [];
    for (let minute = fromMinute; minute + minutes <= toMinute; minute += rules.slot_minutes) {
      const startsAt = exactly(minute);
      // Where an hour is missing, less fits in before the end.
      if (startsAt === undefined || startsAt + minutes * MINUTE_MS > end) continue;
      times.push({ startsAt, minute: minute % DAY_MINUTES });
    }
    return times;
  });
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * Finds the moments of a day's minutes, which may reach into the next day. `exactly` is undefined for one
 * that clocks leave out, for which `orAfter` takes one as much later. Of one that comes twice, the first.
 */
function clockOf(day: Day, timezone: string) {
  const midnight = startOfDay(day, timezone);
  const after = startOfDay(day.add({ days: 2 }), timezone);
  if (after - midnight === 2 * DAY_MINUTES * MINUTE_MS) {
    const steady = (minute: number) => midnight + minute * MINUTE_MS;
    return { exactly: steady, orAfter: steady };
  }
  const find = (minute: number) => {
    const wanted = day.add({ days: Math.floor(minute / DAY_MINUTES) }).toPlainDateTime({
      hour: Math.floor(minute % DAY_MINUTES / 60),
      minute: minute % 60,
    });
    const found = wanted.toZonedDateTime(timezone, { disambiguation: "compatible" });
    return { at: found.epochMilliseconds, isExact: found.toPlainDateTime().equals(wanted) };
  };
  return {
    exactly(minute: number): number | undefined {
      const { at, isExact } = find(minute);
      return isExact ? at : undefined;
    },
    orAfter: (minute: number): number => find(minute).at,
  };
}
