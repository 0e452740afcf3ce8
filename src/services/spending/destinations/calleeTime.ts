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
  const isOpen = (time: number) => zones.every((zone) => isWithin(week, localTime(zone, time)));
  if (isOpen(at)) return at;
  // What one number waits for, all others of its zones wait for, too.
  const first = Math.ceil(at / QUARTER_MS) * QUARTER_MS;
  const known = nextByZones.get(week) ?? new Map<string, number | undefined>();
  nextByZones.set(week, known);
  const key = `${first} ${zones.join()}`;
  if (!known.has(key)) {
    if (known.size >= MAX_KNOWN) known.clear();
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
