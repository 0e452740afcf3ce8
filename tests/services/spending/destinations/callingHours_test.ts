import assert from "node:assert/strict";
import {
  everyDay,
  isWithinTimes,
  nextWithinTimes,
  zonesOf,
} from "../../../../src/services/spending/destinations/callingHours.ts";
import areaCodes from "../../../../src/services/spending/destinations/areaCodes.json" with {
  type: "json",
};
import countryZones from "../../../../src/services/spending/destinations/countryZones.json" with {
  type: "json",
};

const hours = [everyDay({ fromMinute: 8 * 60, toMinute: 21 * 60 })];
const at = (time: string) => Date.parse(time);

Deno.test("zonesOf() knows a North American number by its area code, others by country", () => {
  assert.deepEqual(zonesOf("+12125550123"), ["America/New_York"]);
  assert.deepEqual(zonesOf("+18505550123"), ["America/New_York", "America/Chicago"]);
  assert.deepEqual(zonesOf("+442079460018"), ["Europe/London"]);
  assert.deepEqual(zonesOf("+4930901820"), ["Europe/Berlin"]);
  assert.ok(zonesOf("+61291234567").length > 1, "Australia has several");
  assert.ok(
    zonesOf("+12382345678").length > 1,
    "an unknown area code may be anywhere in the country",
  );
});

Deno.test("isWithinTimes() goes by the clock of the one who is called, summer time included", () => {
  // 12:30 UTC is 7:30 in New York in winter, and 8:30 in summer.
  assert.equal(isWithinTimes("+12125550123", hours, at("2027-01-15T12:30:00Z")), false);
  assert.equal(isWithinTimes("+12125550123", hours, at("2027-07-15T12:30:00Z")), true);
  assert.equal(isWithinTimes("+12125550123", hours, at("2027-01-15T13:00:00Z")), true);
  assert.equal(isWithinTimes("+12125550123", hours, at("2027-01-16T02:00:00Z")), false);
});

Deno.test("isWithinTimes() must hold in every zone that a number may be in", () => {
  // 8:30 in Sydney and Melbourne is 5:30 in Perth.
  assert.equal(isWithinTimes("+61291234567", hours, at("2027-01-14T21:30:00Z")), false);
  assert.equal(isWithinTimes("+61291234567", hours, at("2027-01-15T04:00:00Z")), true);
  assert.equal(isWithinTimes("+999", hours, at("2027-01-15T12:00:00Z")), false);
});

Deno.test("nextWithinTimes() finds the moment at which the hours begin", () => {
  const night = at("2027-01-15T03:00:01Z");
  assert.equal(nextWithinTimes("+12125550123", hours, night), at("2027-01-15T13:00:00Z"));
  const never = [everyDay({ fromMinute: 8 * 60, toMinute: 8 * 60 + 15 })];
  assert.equal(nextWithinTimes("+61291234567", never, night), undefined);
});

Deno.test("no area code is in two places, and every zone has a clock", () => {
  const codes = Object.values(areaCodes).flatMap((codes) => codes.split(" "));
  assert.equal(new Set(codes).size, codes.length);
  const zones = [
    ...Object.keys(areaCodes).flatMap((zones) => zones.split(" ")),
    ...Object.values(countryZones).flat(),
  ];
  for (const timeZone of zones) assert.ok(new Intl.DateTimeFormat("en", { timeZone }));
});
