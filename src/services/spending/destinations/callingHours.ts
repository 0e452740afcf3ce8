import type { CallingHours } from "../../../config/settings.ts";
import countryZones from "./countryZones.json" with { type: "json" };
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

/** Whether it is within the hours in all the time zones a number may be in; unknown ones count as not. */
export function isWithinHours(number: string, hours: CallingHours, now: number): boolean {
  return areWithin(zonesOf(number), hours, now);
}

/** When the hours begin next; undefined where they never do in all the zones at once. */
export function nextWithinHours(
  number: string,
  hours: CallingHours,
  now: number,
): number | undefined {
  const zones = zonesOf(number);
  // All UTC offsets are whole quarters of an hour.
  const first = Math.ceil(now / QUARTER_MS) * QUARTER_MS;
  for (let quarter = 0; quarter <= 2 * 24 * 4; quarter++) {
    const at = first + quarter * QUARTER_MS;
    if (areWithin(zones, hours, at)) return at;
  }
  return undefined;
}

const QUARTER_MS = 15 * 60_000;

const zonesByCountry: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(countryZones),
);

const clocks = new Map<string, Intl.DateTimeFormat>();

function areWithin(
  zones: readonly string[],
  { fromMinute, toMinute }: CallingHours,
  now: number,
): boolean {
  return zones.length > 0 && zones.every((zone) => {
    const minute = minuteOfDay(zone, now);
    return minute >= fromMinute && minute < toMinute;
  });
}

function minuteOfDay(zone: string, now: number): number {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    clocks.set(zone, clock);
  }
  const [hour = NaN, minute = NaN] = clock.format(now).split(":").map(Number);
  return hour * 60 + minute;
}
