import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type BookingRules,
  freeTimesOn,
  placesOf,
  startOfDay,
  zoned,
} from "../../../src/services/calendar/bookableTimes.ts";
import { cellsOf } from "../../../src/services/store/calendar/calendarCells.ts";
import { agentWith, practice } from "../../support/calendar/testCalendar.ts";

const MINUTE = 60_000;

function rulesOf(frontMatter: string): BookingRules {
  const { calendar, timezone } = agentWith(frontMatter);
  assert.ok(calendar);
  return { ...calendar, timezone };
}

function clocksOn(date: string, rules: BookingRules, minutes = 30, taken: readonly string[] = []) {
  const day = Temporal.PlainDate.from(date);
  const cells = taken.flatMap((at) =>
    cellsOf(Date.parse(at), Date.parse(at) + 30 * MINUTE).map((cell) => ({ resource: 0, cell }))
  );
  const now = startOfDay(day.subtract({ days: 1 }), rules.timezone);
  return freeTimesOn(day, { rules, minutes, now, taken: placesOf(cells, rules.capacity) })
    .map(({ startsAt }) => zoned(startsAt, rules.timezone).toPlainTime().toString().slice(0, 5));
}

Deno.test("times are on the grid, within the hours, and end before they do", () => {
  const clocks = clocksOn("2027-03-01", rulesOf(practice), 90);
  assert.deepEqual([clocks[0], clocks.at(-1), clocks.length], ["09:00", "16:30", 22]);
  assert.ok(clocks.includes("11:00") && !clocks.includes("11:15") && clocks.includes("13:30"));
  assert.deepEqual(clocksOn("2027-03-05", rulesOf(practice)), [], "closed");
  assert.deepEqual(clocksOn("2027-03-07", rulesOf(practice)), [], "a Sunday");
});

Deno.test("what is taken, too near or too far is not free", () => {
  const rules = rulesOf(practice);
  const clocks = clocksOn("2027-03-06", rules, 30, ["2027-03-06T08:30:00Z"]);
  assert.deepEqual(clocks, [..."09:00 10:00 10:15 10:30 10:45 11:00 11:15 11:30".split(" ")]);
  const at = (date: string, time: string) =>
    freeTimesOn(Temporal.PlainDate.from(date), {
      ...{ rules, minutes: 30, now: Date.parse(time), taken: placesOf([], 1) },
    });
  assert.equal(
    zoned(at("2027-03-06", "2027-03-06T09:10:00Z")[0]?.startsAt ?? 0, "Europe/Berlin").toPlainTime()
      .toString(),
    "11:15:00",
  );
  assert.equal(at("2027-03-06", "2027-01-05T09:00:00Z").length, 11);
  assert.equal(at("2027-03-06", "2027-01-04T09:00:00Z").length, 0);
});

Deno.test("where clocks change, no time is offered that there is not, and none twice", () => {
  const rules = rulesOf(
    'timezone: Europe/Berlin\ncalendar: { hours: { sun: "01:00-05:00" }, services: { a: { title: A, minutes: 30 } }, slot_minutes: 30 }',
  );
  assert.deepEqual(clocksOn("2027-03-28", rules), "01:00 01:30 03:00 03:30 04:00 04:30".split(" "));
  const back = clocksOn("2026-10-25", rules);
  assert.deepEqual(back, "01:00 01:30 02:00 02:30 03:00 03:30 04:00 04:30".split(" "));
});

Deno.test("hours may reach into the next day", () => {
  const rules = rulesOf(
    'timezone: Europe/Berlin\ncalendar: { hours: { sat: "23:00-04:00" }, services: { a: { title: A, minutes: 30 } }, slot_minutes: 60 }',
  );
  assert.deepEqual(clocksOn("2027-03-27", rules), "23:00 00:00 01:00 03:00".split(" "));
});

const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"];

Deno.test("whatever the rules, the day and what is taken: times are open, free and in order", () => {
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const scene = fc.record({
    zone: fc.constantFrom(...zones),
    from: fc.integer({ min: 0, max: 1380 }),
    length: fc.integer({ min: 15, max: 1000 }),
    minutes: fc.integer({ min: 1, max: 24 }).map((each) => each * 5),
    grid: fc.integer({ min: 1, max: 12 }).map((each) => each * 5),
    capacity: fc.integer({ min: 1, max: 3 }),
    // Both changes of summer time of a year are near.
    days: fc.oneof(
      fc.integer({ min: 0, max: 365 }),
      fc.constantFrom(86, 87, 303, 304, 72, 73, 310),
    ),
    taken: fc.array(
      fc.record({
        resource: fc.integer({ min: 0, max: 2 }),
        at: fc.integer({ min: 0, max: 1439 }),
      }),
      { maxLength: 20 },
    ),
  });
  fc.assert(fc.property(scene, ({ zone, from, length, minutes, grid, capacity, days, taken }) => {
    const to = Math.min(1440, from + length);
    const rules = rulesOf(
      `timezone: ${zone}\ncalendar: { hours: { mon-sun: "${clock(from)}-${
        clock(to)
      }" }, services: { a: { title: A, minutes: ${minutes} } }, slot_minutes: ${grid}, capacity: ${capacity}, min_notice_minutes: 0, max_days_ahead: 366 }`,
    );
    const now = Date.parse("2027-01-01T12:00:00Z");
    const day = Temporal.PlainDate.from("2027-01-01").add({ days });
    const midnight = startOfDay(day, zone);
    const cells = taken.flatMap(({ resource, at }) =>
      cellsOf(midnight + at * MINUTE, midnight + (at + 25) * MINUTE)
        .map((cell) => ({ resource, cell }))
    );
    const free = freeTimesOn(day, { rules, minutes, now, taken: placesOf(cells, rules.capacity) });
    let last = -Infinity;
    for (const { startsAt } of free) {
      const [start, end] = [zoned(startsAt, zone), zoned(startsAt + minutes * MINUTE, zone)];
      assert.ok(start.toPlainDate().equals(day));
      const startMinute = start.hour * 60 + start.minute;
      assert.equal((startMinute - from) % grid, 0, "on the grid");
      assert.ok(startMinute >= from, "not before it opens");
      const closes = day.toPlainDateTime().add({ minutes: to }).toZonedDateTime(zone);
      assert.ok(Temporal.ZonedDateTime.compare(end, closes) <= 0, "not after it closes");
      assert.ok(startsAt > last && startsAt >= now, "in order, and to come");
      last = startsAt;
      const places = [0, 1, 2].slice(0, capacity).filter((resource) =>
        !cellsOf(startsAt, startsAt + minutes * MINUTE).some((cell) =>
          cells.some((each) => each.resource === resource && each.cell === cell)
        )
      );
      assert.ok(places.length > 0, "a place is free all the time");
    }
  }));
});
