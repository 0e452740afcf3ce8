import type { OpenSpan } from "../../../config/hoursSchema.ts";
import { zonesOf } from "./callingHours.ts";

const QUARTER_MS = 15 * 60_000;
const DAY_MINUTES = 24 * 60;
const WEEK_QUARTERS = 8 * 24 * 4;

/** When hours of a week begin next, by day from Monday on; `at` itself where they are on. */
export type Week = readonly (readonly OpenSpan[])[];

/**
 * When it is next within hours of the week in all the zones that a number may be in; undefined where it
 * never is, or where no zone is known.
 */
export function nextWithinWeek(number: string, week: Week, at: number): number | undefined {
  const zones = zonesOf(number);
  if (zones.length === 0) return undefined;
  if (zones.every((zone) => isWithin(week, localTime(zone, at)))) return at;
  // What one number waits for, all others of its zones wait for, too.
  const first = Math.ceil(at / QUARTER_MS) * QUARTER_MS;
  const known = nextByZones.get(week) ?? new Map<string, number | undefined>();
  nextByZones.set(week, known);
  const key = `${first} ${zones.join()}`;
  if (!known.has(key)) {
    if (known.size >= MAX_KNOWN) known.clear();
    const until = first + WEEK_QUARTERS * QUARTER_MS;
    const clocks = zones.map((zone) => clockBetween(zone, first, until));
    const isOpen = (time: number) => clocks.every((clock) => isWithin(week, clock(time)));
    known.set(key, firstQuarter(first, WEEK_QUARTERS, isOpen));
  }
  return known.get(key);
}

/**
 * The earliest time from `at` on that is in another part of the callee's day (8 to 12, 12 to 17, 17 to 21)
 * than the times tried before; `at` where all parts have been tried or no zone is known.
 */
export function otherPartOfDay(number: string, tried: readonly number[], at: number): number {
  const [zone] = zonesOf(number);
  if (zone === undefined) return at;
  const partAt = (time: number) => partOf(localTime(zone, time).minute);
  const before = new Set(tried.map(partAt));
  const isOther = (time: number) => {
    const part = partAt(time);
    return part !== undefined && !before.has(part);
  };
  if (isOther(at)) return at;
  return firstQuarter(Math.ceil(at / QUARTER_MS) * QUARTER_MS, 2 * 24 * 4, isOther) ?? at;
}

const MAX_KNOWN = 500;
const nextByZones = new WeakMap<Week, Map<string, number | undefined>>();

function firstQuarter(
  first: number,
  count: number,
  fits: (time: number) => boolean,
): number | undefined {
  for (let quarter = 0; quarter < count; quarter++) {
    const time = first + quarter * QUARTER_MS;
    if (fits(time)) return time;
  }
  return undefined;
}

/** A stretch belongs to the day on which it begins, and may last into the next. */
function isWithin(week: Week, { day, minute }: LocalTime): boolean {
  const covers = (spans: readonly OpenSpan[] = [], since: number) =>
    spans.some(({ fromMinute, toMinute }) => since >= fromMinute && since < toMinute);
  return covers(week[day], minute) || covers(week[(day + 6) % 7], minute + DAY_MINUTES);
}

function partOf(minute: number): number | undefined {
  const hour = minute / 60;
  if (hour < 8 || hour >= 21) return undefined;
  return hour < 12 ? 0 : hour < 17 ? 1 : 2;
}

/**
 * The clocks of a zone in a span of some days, in which they are put forward or back once at most: at a quarter
 * of an hour. Reading them each time would take long.
 */
function clockBetween(zone: string, from: number, until: number): (at: number) => LocalTime {
  const [before, after] = [offsetOf(zone, from), offsetOf(zone, until)];
  let changes = until;
  if (before !== after) {
    for (let [low, high] = [0, (until - from) / QUARTER_MS]; high - low > 1;) {
      const middle = Math.floor((low + high) / 2);
      if (offsetOf(zone, from + middle * QUARTER_MS) === before) low = middle;
      else high = middle;
      changes = from + high * QUARTER_MS;
    }
  }
  return (at) => {
    const minutes = Math.floor(at / 60_000) + (at < changes ? before : after);
    // The first of January 1970 was a Thursday.
    const day = (Math.floor(minutes / DAY_MINUTES) + 3) % 7;
    return { day, minute: minutes % DAY_MINUTES };
  };
}

/** How many minutes the clocks are ahead of UTC; whole ones in all zones since 1972. */
function offsetOf(zone: string, at: number): number {
  const utcMinutes = Math.floor(at / 60_000);
  const utcDay = (Math.floor(utcMinutes / DAY_MINUTES) + 3) % 7;
  const { day, minute } = localTime(zone, at);
  // A day more or less, as the week goes round.
  const days = (day - utcDay + 10) % 7 - 3;
  return days * DAY_MINUTES + minute - utcMinutes % DAY_MINUTES;
}

interface LocalTime {
  /** From Monday on. */
  readonly day: number;
  readonly minute: number;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function localTime(zone: string, at: number): LocalTime {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    clocks.set(zone, clock);
  }
  const [, day = "", hour, minute] = /^(\w+),? (\d+):(\d+)/.exec(clock.format(at)) ?? [];
  return { day: DAYS.indexOf(day), minute: Number(hour) * 60 + Number(minute) };
}
