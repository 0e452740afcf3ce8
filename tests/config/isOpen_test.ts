import assert from "node:assert/strict";
import { readAgent } from "../../src/config/agents.ts";
import { isOpen } from "../../src/config/isOpen.ts";

/** The hours of an agent's file. */
function hoursOf(yaml: string) {
  const read = readAgent("desk", `---\ntitle: Desk\nhours: ${yaml}\n---\nHello.`);
  assert.ok(read.ok, read.ok ? "" : read.problems.join(" "));
  assert.ok(read.agent.hours !== undefined);
  return read.agent.hours;
}

function openAt(yaml: string, times: Readonly<Record<string, boolean>>, zone = "Europe/Berlin") {
  const hours = hoursOf(yaml);
  const found = Object.keys(times).map((time) => [time, isOpen(hours, zone, Date.parse(time))]);
  assert.deepEqual(Object.fromEntries(found), times);
}

Deno.test("hours hold by the clocks of the agent's time zone, to the minute", () => {
  // The 30th of November 2026 is a Monday; Berlin is an hour ahead.
  openAt('{ open: { mon-fri: "09:00-12:30, 13:30-18:00", sat: "10:00-14:00" } }', {
    "2026-11-30T07:59:59Z": false,
    "2026-11-30T08:00:00Z": true,
    "2026-11-30T11:29:59Z": true,
    "2026-11-30T11:30:00Z": false,
    "2026-11-30T12:30:00Z": true,
    "2026-11-30T17:00:00Z": false,
    "2026-12-05T09:00:00Z": true,
    "2026-12-05T13:00:00Z": false,
    "2026-12-06T09:00:00Z": false,
  });
  openAt('{ open: { mon: "00:00-24:00" } }', {
    "2026-11-29T23:00:00Z": true,
    "2026-11-30T22:59:59Z": true,
    "2026-11-30T23:00:00Z": false,
  });
});

Deno.test("hours over midnight belong to the day on which they begin, also around the week's end", () => {
  openAt('{ open: { sun: "22:00-02:00" }, closed: ["2026-12-07"] }', {
    "2026-12-06T20:59:00Z": false,
    "2026-12-06T21:00:00Z": true,
    "2026-12-07T00:59:00Z": true,
    "2026-12-07T01:00:00Z": false,
    "2026-12-07T21:00:00Z": false,
  });
  openAt('{ open: { sun: "22:00-02:00" }, closed: ["2026-12-06"] }', {
    "2026-12-06T21:00:00Z": false,
    "2026-12-07T00:30:00Z": false,
  });
});

Deno.test("days are closed once, for several days or every year, also across the turn of one", () => {
  openAt(
    '{ open: { mon-sun: "00:00-24:00" }, closed: ["2026-12-24..2026-12-26", "12-31..01-01", 05-01] }',
    {
      "2026-12-23T12:00:00Z": true,
      "2026-12-24T12:00:00Z": false,
      "2026-12-26T22:59:00Z": false,
      "2026-12-26T23:00:00Z": true,
      "2027-12-24T12:00:00Z": true,
      "2027-12-31T12:00:00Z": false,
      "2028-01-01T12:00:00Z": false,
      "2028-01-02T12:00:00Z": true,
      "2027-05-01T12:00:00Z": false,
    },
  );
});

Deno.test("as summer time begins and ends, hours go by what the clocks show", () => {
  // Berlin, 28 March 2027: 01:59 CET is followed by 03:00 CEST.
  openAt('{ open: { sun: "02:30-04:00" } }', {
    "2027-03-28T00:59:59Z": false,
    "2027-03-28T01:00:00Z": true,
    "2027-03-28T01:59:59Z": true,
    "2027-03-28T02:00:00Z": false,
  });
  // 31 October 2027: 02:59 CEST is followed by 02:00 CET.
  openAt('{ open: { sun: "02:00-02:30, 03:00-04:00" } }', {
    "2027-10-30T23:59:59Z": false,
    "2027-10-31T00:00:00Z": true,
    "2027-10-31T00:30:00Z": false,
    "2027-10-31T01:00:00Z": true,
    "2027-10-31T01:30:00Z": false,
    "2027-10-31T02:00:00Z": true,
    "2027-10-31T03:00:00Z": false,
  });
  // New York, 14 March 2027, and a night that is an hour shorter.
  openAt('{ open: { sat: "22:00-03:00" } }', {
    "2027-03-14T03:00:00Z": true,
    "2027-03-14T06:59:00Z": true,
    "2027-03-14T07:00:00Z": false,
  }, "America/New_York");
});

Deno.test("days may be listed and go round the week's end", () => {
  openAt('{ open: { sat-mon: "09:00-10:00", "wed, fri": "9:00-10:00" } }', {
    "2026-11-30T08:30:00Z": true,
    "2026-12-01T08:30:00Z": false,
    "2026-12-02T08:30:00Z": true,
    "2026-12-03T08:30:00Z": false,
    "2026-12-04T08:30:00Z": true,
    "2026-12-06T08:30:00Z": true,
  }, "Europe/Berlin");
});
