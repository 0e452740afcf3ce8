import assert from "node:assert/strict";
import fc from "fast-check";
import { outbound, type OutboundRules } from "../../../../src/config/outboundSchema.ts";
import {
  isWithinTimes,
  nextWithinTimes,
  zonesOf,
} from "../../../../src/services/spending/destinations/callingHours.ts";
import { hoursFor } from "../../../../src/services/spending/destinations/countryHours.ts";
import { holidaysAround } from "../../../../src/services/spending/destinations/holidays.ts";
import { countryOf } from "../../../../src/services/spending/destinations/numberingPlan.ts";

const NUMBERS = {
  berlin: "+4930901820",
  paris: "+33145678901",
  newYork: "+12125550123",
  florida: "+18505550123",
  sydney: "+61291234567",
  moscow: "+74951234567",
  london: "+442079460018",
} as const;

function mayCall(number: string, time: string, given: unknown = {}): boolean {
  return isWithinTimes(number, timesOf(number, outbound.parse(given)), Date.parse(time));
}

function timesOf(number: string, rules: OutboundRules) {
  const times = hoursFor(rules, countryOf(number) ?? "");
  return times === undefined ? [] : [times];
}

Deno.test("people are called in the hours of their country, by their own clock", () => {
  // Monday to Friday 10 to 13 and 14 to 20 in France; Paris is at UTC+1 in winter.
  assert.equal(mayCall(NUMBERS.paris, "2026-12-02T08:59:00Z"), false);
  assert.equal(mayCall(NUMBERS.paris, "2026-12-02T09:00:00Z"), true);
  assert.equal(mayCall(NUMBERS.paris, "2026-12-02T12:30:00Z"), false, "the break at noon");
  assert.equal(mayCall(NUMBERS.paris, "2026-12-05T10:00:00Z"), false, "a Saturday");
  // 8 to 21 in the United States, every day.
  assert.equal(mayCall(NUMBERS.newYork, "2026-12-06T13:00:00Z"), true);
  assert.equal(mayCall(NUMBERS.newYork, "2026-12-06T12:59:00Z"), false);
  // A number that may be in two zones: 8:00 in New York is 7:00 in Chicago.
  assert.equal(mayCall(NUMBERS.florida, "2026-12-06T13:30:00Z"), false);
  assert.equal(mayCall(NUMBERS.florida, "2026-12-06T14:00:00Z"), true);
  // One hour after the clocks went back, Berlin is at UTC+1 again.
  assert.equal(mayCall(NUMBERS.berlin, "2026-10-26T07:30:00Z"), false);
  assert.equal(mayCall(NUMBERS.berlin, "2026-10-23T07:30:00Z"), true);
});

Deno.test("national holidays are days without calls, where the country's rules say so", () => {
  const days = (country: string, year: number) =>
    holidaysAround(country, year).map(({ first }) => first)
      .filter((day) => day.startsWith(`${year}`));
  assert.ok(days("DE", 2026).includes("2026-04-03"), "Good Friday");
  assert.ok(days("DE", 2026).includes("2026-05-14"), "Ascension Day");
  assert.ok(days("DE", 2027).includes("2027-03-29"), "Easter Monday");
  assert.deepEqual(days("US", 2026).filter((day) => day.startsWith("2026-11")), [
    "2026-11-11",
    "2026-11-26",
  ]);
  assert.ok(days("GB", 2026).includes("2026-05-25") && days("GB", 2026).includes("2026-08-31"));
  assert.ok(days("CA", 2026).includes("2026-05-18"), "Victoria Day");
  assert.deepEqual(days("XX", 2026), []);
  assert.equal(mayCall(NUMBERS.berlin, "2026-12-25T12:00:00Z"), false);
  assert.equal(mayCall(NUMBERS.newYork, "2026-12-25T18:00:00Z"), true);
  const open = { hours: { open: { "mon-sun": "08:00-20:00" }, holidays: "open" } };
  assert.equal(mayCall(NUMBERS.berlin, "2026-12-25T12:00:00Z", open), true);
});

Deno.test("an agent's own hours go before those of the country, and those for one country before both", () => {
  const rules = {
    hours: { open: { mon: "10:00-11:00" }, closed: ["12-07"] },
    countries: { FR: { hours: "country" }, GB: { hours: "off" } },
  };
  assert.equal(mayCall(NUMBERS.berlin, "2026-11-30T09:30:00Z", rules), true);
  assert.equal(mayCall(NUMBERS.berlin, "2026-12-01T09:30:00Z", rules), false);
  assert.equal(mayCall(NUMBERS.berlin, "2026-12-07T09:30:00Z", rules), false, "a closed day");
  assert.equal(mayCall(NUMBERS.paris, "2026-12-01T09:30:00Z", rules), true);
  assert.deepEqual(timesOf(NUMBERS.london, outbound.parse(rules)), []);
});

const clock = (zone: string) =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });

Deno.test("whatever the number and the moment, a call is allowed only where every clock of its zones allows it", () => {
  const numbers = fc.constantFrom(...Object.values(NUMBERS));
  const moments = fc.integer({
    min: Date.parse("2026-01-01T00:00:00Z"),
    max: Date.parse("2028-01-01T00:00:00Z"),
  });
  const spans = fc.tuple(fc.integer({ min: 0, max: 22 }), fc.integer({ min: 1, max: 23 }))
    .filter(([from, length]) => from + length <= 24);
  fc.assert(
    fc.property(numbers, moments, spans, fc.boolean(), (number, at, [from, length], everyDay) => {
      const two = (hour: number) => String(hour).padStart(2, "0");
      const open = {
        [everyDay ? "mon-sun" : "mon-fri"]: `${two(from)}:00-${two(from + length)}:00`,
      };
      const rules = outbound.parse({ hours: { open, holidays: "open" } });
      const allowed = zonesOf(number).every((zone) => {
        const parts = Object.fromEntries(
          clock(zone).formatToParts(at).map(({ type, value }) => [type, value]),
        );
        const hour = Number(parts["hour"]);
        const isOpenDay = everyDay || !["Sat", "Sun"].includes(parts["weekday"] ?? "");
        return isOpenDay && hour >= from && hour < from + length;
      });
      const times = timesOf(number, rules);
      assert.equal(isWithinTimes(number, times, at), allowed);
      const next = nextWithinTimes(number, times, at);
      if (next === undefined) return;
      assert.ok(next >= at && isWithinTimes(number, times, next), "it is open then");
      if (next > at && !allowed) {
        assert.equal(isWithinTimes(number, times, next - 1), false, "and not a moment before");
      }
    }),
    { seed: 20_261_128, numRuns: 300 },
  );
});
