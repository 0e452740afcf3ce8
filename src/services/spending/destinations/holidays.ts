import type { ClosedDays } from "../../../config/hoursSchema.ts";
import holidays from "./holidays.json" with { type: "json" };

/**
 * The national holidays of a country around a year, as days without calls; none for a country that
 * `holidays.json` does not have. Those of regions, and single ones by decree, are not among them.
 *
 * The table has days of every year (`12-25`), days from Easter Sunday (`easter-2`), the `n`th weekday of a
 * month (`thu4-11`) and the last weekday before a day (`mon<06-01`).
 */
export function holidaysAround(country: string, year: number): readonly ClosedDays[] {
  const key = `${country} ${year}`;
  let found = known.get(key);
  if (found === undefined) {
    const years = [year - 1, year, year + 1];
    found = years.flatMap((each) => datesIn(country, each))
      .map((date) => ({ every: "once", first: date, last: date }));
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, found);
  }
  return found;
}

const known = new Map<string, readonly ClosedDays[]>();
const MAX_KNOWN = 500;
const DAY_MS = 24 * 60 * 60_000;
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const byCountry: ReadonlyMap<string, string> = new Map(Object.entries(holidays));

function datesIn(country: string, year: number): readonly string[] {
  return (byCountry.get(country) ?? "").split(" ").filter((rule) => rule !== "")
    .map((rule) => new Date(timeOf(rule, year)).toISOString().slice(0, 10));
}

function timeOf(rule: string, year: number): number {
  const fromEaster = /^easter([+-]\d+)$/.exec(rule)?.[1];
  if (fromEaster !== undefined) return easterOf(year) + Number(fromEaster) * DAY_MS;
  const [, name = "", count, before, month = "", day] =
    /^([a-z]{3})(?:(\d)|(<))-?(\d\d)(?:-(\d\d))?$/.exec(rule) ?? [];
  if (name === "") return Date.parse(`${year}-${rule}T00:00:00Z`);
  const weekday = WEEKDAYS.indexOf(name);
  if (before !== undefined) {
    const last = Date.parse(`${year}-${month}-${day}T00:00:00Z`) - DAY_MS;
    return last - ((new Date(last).getUTCDay() - weekday + 7) % 7) * DAY_MS;
  }
  const first = Date.parse(`${year}-${month}-01T00:00:00Z`);
  const ahead = (weekday - new Date(first).getUTCDay() + 7) % 7;
  return first + (ahead + (Number(count) - 1) * 7) * DAY_MS;
}

/** Easter Sunday of the Gregorian calendar, by the rule of Meeus, Jones and Butcher. */
function easterOf(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return Date.UTC(year, month - 1, day);
}
