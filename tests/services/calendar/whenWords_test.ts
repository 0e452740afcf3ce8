import assert from "node:assert/strict";
import fc from "fast-check";
import { readWhen } from "../../../src/services/calendar/whenWords.ts";

/** What words mean on Saturday, 28 November 2026. */
const meant: Readonly<Record<string, string>> = {
  "tomorrow": "11-29",
  "Tomorrow morning, please.": "11-29 morning",
  "the day after tomorrow": "11-30",
  "Tuesday": "12-01",
  "next Tuesday": "12-01",
  "Saturday": "11-28, 12-05",
  "this weekend": "11-28..11-29",
  "on the 3rd": "12-03",
  "the 28th": "11-28",
  "in two weeks": "12-07..12-13",
  "in a week": "11-30..12-06",
  "in 3 days": "12-01",
  "this week": "11-23..11-29",
  "next week on Tuesday afternoon": "12-01 afternoon",
  "next week": "11-30..12-06",
  "the week after next": "12-07..12-13",
  "next month": "12-01..12-31",
  "in December": "12-01..12-31",
  "January 31st": "2027-01-31",
  "1st of December": "12-01",
  "Tuesday, December 8th": "12-08",
  "Tuesday the 1st at 3": "12-01 15:00",
  "2026-12-01": "12-01",
  "2026-12-01T10:30:00+01:00": "12-01 10:30",
  "2026-12-01 to 2026-12-05": "12-01..12-05",
  "2026-12-01/2026-12-05": "12-01..12-05",
  "Monday or Wednesday": "11-30, 12-02",
  "between Monday and Wednesday": "11-30..12-02",
  "Thursday to Tuesday": "12-03..12-08",
  "tomorrow after 3pm": "11-29 after 15:00",
  "Friday before noon": "12-04 before 12:00",
  "tomorrow between 10 and 12": "11-29 10:00-12:00",
  "this afternoon": "11-28 afternoon",
  "tonight": "11-28 evening",
  "in the evening": "evening",
  "as soon as possible": "",
  "2023-05-01": "2023-05-01",
  "morgen": "11-29",
  "morgen früh": "11-29 morning",
  "heute Morgen": "11-28 morning",
  "Dienstag morgen": "12-01 morning",
  "übermorgen": "11-30",
  "am Dienstag um 10 Uhr": "12-01 10:00",
  "kommenden Freitag nachmittags": "12-04 afternoon",
  "am 3.": "12-03",
  "3.12.2026 ab 14 Uhr": "12-03 after 14:00",
  "nächste Woche": "11-30..12-06",
  "in zwei Wochen": "12-07..12-13",
  "mañana": "11-29",
  "mañana por la mañana": "11-29 morning",
  "pasado mañana por la tarde": "11-30 afternoon",
  "el próximo martes": "12-01",
  "la semana que viene": "11-30..12-06",
  "el 3 de diciembre": "12-03",
  "el martes a las 10": "12-01 10:00",
  "demain matin": "11-29 morning",
  "après-demain": "11-30",
  "mardi prochain à 15h30": "12-01 15:30",
  "la semaine prochaine": "11-30..12-06",
  "le 1er décembre": "12-01",
  "dans sept jours": "12-05",
  "aujourd’hui": "11-28",
};

const today = Temporal.PlainDate.from("2026-11-28");

Deno.test("days and times are understood in four languages", () => {
  for (const [words, expected] of Object.entries(meant)) {
    assert.equal(shown(words), expected, words);
  }
});

Deno.test("what is not understood whole is not guessed", () => {
  const strange = [
    "not Tuesday",
    "the day before Tuesday",
    "after Christmas",
    "12/3",
    "2026-02-30",
    "when the weather is good",
    "10:30 de mañana y nunca",
    "",
    "🦄",
  ];
  for (const words of strange) assert.equal(shown(words), "not_understood", words);
});

Deno.test("a date that is another weekday is not taken for either", () => {
  assert.deepEqual(readWhen("Tuesday, December 9th", today), {
    ...{ ok: false, reason: "other_weekday" },
    day: Temporal.PlainDate.from("2026-12-09"),
  });
});

Deno.test('"next Tuesday" on a Monday is not the day after', () => {
  const monday = Temporal.PlainDate.from("2026-11-30");
  assert.equal(shown("next Tuesday", monday), "12-08");
  assert.equal(shown("this Tuesday", monday), "12-01");
  assert.equal(shown("el próximo martes", monday), "12-01");
});

Deno.test("whatever a model writes is read at once", () => {
  const parts = fc.constantFrom(
    ..."next in the 3rd 10:30 , tomorrow - to . Tuesday 2026-12-01 ( \0 de".split(" "),
  );
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.array(parts).map((all) => all.join(" ")),
  );
  fc.assert(fc.property(text, (words) => {
    const begunMs = performance.now();
    const when = readWhen(words.repeat(50), today);
    assert.ok(performance.now() - begunMs < 100);
    if (when.ok) {
      for (const { first, last } of when.days) assert.ok(first.until(last).days < 400);
    }
  }));
});

function shown(words: string, on = today): string {
  const when = readWhen(words, on);
  if (!when.ok) return when.reason;
  const date = (day: Temporal.PlainDate) => `${day}`.replace(/^2026-/, "");
  const { part, minute, side, until } = when.preference;
  const clock = (at: number) => `${Math.floor(at / 60)}:${String(at % 60).padStart(2, "0")}`;
  const days = when.days.map(({ first, last }) =>
    first.equals(last) ? date(first) : `${date(first)}..${date(last)}`
  ).join(", ");
  const time = minute === undefined
    ? ""
    : until !== undefined
    ? `${clock(minute)}-${clock(until)}`
    : `${side === undefined ? "" : `${side} `}${clock(minute)}`;
  return [days, part ?? "", time].filter((each) => each !== "").join(" ");
}
