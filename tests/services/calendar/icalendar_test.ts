import assert from "node:assert/strict";
import { writeCalendar } from "../../../src/services/calendar/icalendar.ts";

Deno.test("a calendar file has one event for each appointment, escaped and folded", () => {
  const file = writeCalendar({
    title: "practice",
    titleOf: ({ service }) => service,
    appointments: [{
      id: "apt_1",
      calendar: "practice",
      service: "Haircut; wash, dry",
      startsAt: Date.parse("2027-03-02T09:00:00Z"),
      endsAt: Date.parse("2027-03-02T09:30:00Z"),
      state: "booked",
      name: `Ada \\ Lovelace${"é".repeat(60)}\r\nEND:VEVENT`,
      phone: "+4917112345678",
      note: "Two\nlines",
      createdAt: 0,
      changedAt: 1_800_000_000_000,
    }],
  });
  assert.ok(file.endsWith("END:VCALENDAR\r\n"));
  for (const line of file.split("\r\n")) assert.ok(new TextEncoder().encode(line).length <= 75);
  const lines = file.replaceAll("\r\n ", "").split("\r\n");
  for (
    const line of [
      "BEGIN:VCALENDAR",
      "UID:apt_1@parley",
      "DTSTART:20270302T090000Z",
      "DTEND:20270302T093000Z",
      `SUMMARY:Haircut\\; wash\\, dry: Ada \\\\ Lovelace${"é".repeat(60)}\\nEND:VEVENT`,
      "DESCRIPTION:+4917112345678\\nTwo\\nlines",
      "STATUS:CONFIRMED",
    ]
  ) assert.ok(lines.includes(line), line);
  assert.equal(lines.filter((line) => line === "END:VEVENT").length, 1);
});
