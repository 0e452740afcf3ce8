import type { CallingTimes } from "../../../config/outboundSchema.ts";
import { isOpen } from "../../../config/isOpen.ts";
import type { CallingHours } from "../../../config/settings.ts";
import countryZones from "./countryZones.json" with { type: "json" };
import { holidaysAround } from "./holidays.ts";
import { countryOf, zonesByAreaCode } from "./numberingPlan.ts";

/**
 * The time zones that a number may be in: of a North American number those of its area code, of any other
 * those of its country. Where a mobile phone really is cannot be known.
 */
export function zonesOf(number: string): readonly string[] {
  const areaCode = /^\+1(\d{3})/.exec(number)?.[1];
  const local = areaCode === undefined ? undefined : zonesByAreaCode.get(areaCode);
  if (local !== undefined) return local.split(" ");
  const country = countryOf(number);
  return country === undefined ? [] : zonesByCountry.get(country) ?? [];
}

/** The same hours on every day. */
export function everyDay({ fromMinute, toMinute }: CallingHours): CallingTimes {
  const day = [{ fromMinute, toMinute }];
  return { week: Array.from({ length: 7 }, () => day), closed: [], holidays: "open" };
}

/**
 * Whether all of these times allow a call in all the time zones that a number may be in; of a number whose
 * zones are unknown they never do.
 */
export function isWithinTimes(
  number: string,
  times: readonly CallingTimes[],
  now: number,
): boolean {
  return areWithin(zonesOf(number), withHolidays(number, times, now), now);
}

/** When a call is allowed next; undefined where it is not within some two weeks. */
export function nextWithinTimes(
  number: string,
  times: readonly CallingTimes[],
  now: number,
): number | undefined {
  const zones = zonesOf(number);
  const all = withHolidays(number, times, now);
  const firstOf = (days: number) => {
    // Where all are open at once, one of them has just begun to be.
    const begins = zones.flatMap((zone) =>
      all.flatMap(({ week }) => beginningsOf(week, zone, now, days))
    );
    return [...new Set(begins)].sort((a, b) => a - b)
      .find((at) => at >= now && areWithin(zones, all, at));
  };
  // Mostly it is soon, and looking further takes long where there are many zones.
  const soon = firstOf(2);
  return soon !== undefined && soon < now + SOON_MS ? soon : firstOf(DAYS_AHEAD);
}

/**
 * The offset from UTC, in milliseconds, of the clocks at a number: of the first of its zones, and 0 where they
 * are unknown.
 */
export function offsetAt(number: string, at: number): number {
  const [zone] = zonesOf(number);
  if (zone === undefined) return 0;
  const moment = Temporal.Instant.fromEpochMilliseconds(Math.round(at));
  return moment.toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
}

/** Longer than any row of holidays and Sundays. */
const DAYS_AHEAD = 14;
/** Of this time all days are looked through, wherever the clocks are. */
const SOON_MS = 47 * 60 * 60_000;

/** When the stretches of the coming days begin there, in milliseconds since 1970. */
function beginningsOf(
  week: CallingTimes["week"],
  zone: string,
  now: number,
  days: number,
): readonly number[] {
  const today = Temporal.Instant.fromEpochMilliseconds(Math.round(now)).toZonedDateTimeISO(zone)
    .toPlainDate();
  return Array.from({ length: days + 1 }, (_, ahead) => today.add({ days: ahead }))
    .flatMap((day) =>
      (week[day.dayOfWeek - 1] ?? []).map(({ fromMinute }) =>
        day.toZonedDateTime({
          timeZone: zone,
          plainTime: { hour: Math.floor(fromMinute / 60), minute: fromMinute % 60 },
        }).epochMilliseconds
      )
    );
}

const zonesByCountry: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(countryZones),
);

function areWithin(
  zones: readonly string[],
  times: readonly CallingTimes[],
  now: number,
): boolean {
  return zones.length > 0 &&
    zones.every((zone) => times.every((one) => isOpen(one, zone, now)));
}

function withHolidays(
  number: string,
  times: readonly CallingTimes[],
  now: number,
): readonly CallingTimes[] {
  if (!times.some(({ holidays }) => holidays === "closed")) return times;
  const closed = holidaysAround(countryOf(number) ?? "", new Date(now).getUTCFullYear());
  return times.map((one) =>
    one.holidays === "closed" ? { ...one, closed: [...one.closed, ...closed] } : one
  );
}
