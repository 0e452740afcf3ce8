import type { Day } from "./bookableTimes.ts";
import type { TextLeft } from "./textLeft.ts";
import { dayPatterns as patterns, monthOf, numberOf, weekdayOf } from "./whenVocabulary.ts";

/** Days that a text names at one of its places. */
export interface FoundDays {
  /** Where it begins and ends in the text. */
  readonly at: number;
  readonly end: number;
  readonly kind: "date" | "weekday" | "week" | "span";
  readonly first: Day;
  readonly last: Day;
}

/** Takes everything from a text that names days, seen from a given one. In the order of the text. */
export function readDays(text: TextLeft, today: Day): readonly FoundDays[] {
  const found: FoundDays[] = [];
  for (const [name, read] of readers) {
    for (const match of text.takeAll(patterns[name])) {
      const days = read(match, today);
      if (days === undefined) continue;
      found.push({ at: match.index, end: match.index + match[0].length, ...days });
    }
  }
  return found.sort((a, b) => a.at - b.at);
}

type Days = Pick<FoundDays, "kind" | "first" | "last">;
type Read = (match: RegExpExecArray, today: Day) => Days | undefined;

/** In this order, the more particular first. */
const readers: readonly (readonly [keyof typeof patterns, Read])[] = [
  ["iso", ([, year, month, day]) => dateOf(Number(year), Number(month), Number(day))],
  ["dotted", ([, day, month, year], today) => yearly(Number(month), Number(day), year, today)],
  [
    "dayMonth",
    ([, day, month = "", year], today) => yearly(monthOf(month), Number(day), year, today),
  ],
  [
    "monthDay",
    ([, month = "", day, year], today) => yearly(monthOf(month), Number(day), year, today),
  ],
  ["afterTomorrow", (_, today) => single(today.add({ days: 2 }))],
  ["weekAfterNext", (_, today) => weekOf(today.add({ days: 14 }))],
  ["nextWeekend", (_, today) => weekendOf(today.add({ days: 7 }))],
  ["weekend", (_, today) => weekendOf(today)],
  ["nextWeek", (_, today) => weekOf(today.add({ days: 7 }))],
  ["thisWeek", (_, today) => weekOf(today)],
  ["nextMonth", (_, today) => monthFrom(today.with({ day: 1 }).add({ months: 1 }))],
  ["thisMonth", (_, today) => monthFrom(today)],
  ["inDays", ([, count = ""], today) => single(today.add({ days: numberOf(count) }))],
  ["daysFromNow", ([, count = ""], today) => single(today.add({ days: numberOf(count) }))],
  ["inWeeks", ([, count = ""], today) => weekOf(today.add({ weeks: numberOf(count) }))],
  ["weeksFromNow", ([, count = ""], today) => weekOf(today.add({ weeks: numberOf(count) }))],
  ["inMonths", ([, count = ""], today) => weekOf(today.add({ months: numberOf(count) }))],
  ["inMonth", readMonth],
  ["nextWeekday", ([, day = ""], today) => {
    const week = mondayOf(today.add({ days: 7 }));
    return { ...single(week.add({ days: weekdayOf(day) - 1 })), kind: "span" };
  }],
  ["comingWeekday", ([whole, before, after], today) => {
    // "This Tuesday" may be today.
    const earliest = /^(?:this|diese|este) /.test(whole.replace("this coming", "coming"))
      ? today
      : today.add({ days: 1 });
    return { ...single(coming(before ?? after ?? "", earliest)), kind: "span" };
  }],
  // One that it is today may mean today or in a week.
  ["weekday", ([, day = ""], today) => ({ ...single(coming(day, today)), kind: "weekday" })],
  ["dayOfMonth", ([, one, other], today) => nextOfMonth(Number(one ?? other), today)],
  ["today", (_, today) => single(today)],
  ["tomorrow", (_, today) => single(today.add({ days: 1 }))],
];

function single(day: Day): Days {
  return { kind: "date", first: day, last: day };
}

/** Undefined for a day that there is not. */
function dateOf(year: number, month: number, day: number): Days | undefined {
  try {
    return single(Temporal.PlainDate.from({ year, month, day }, { overflow: "reject" }));
  } catch {
    return undefined;
  }
}

/** Without a year, the next such day. */
function yearly(month: number, day: number, year: string | undefined, today: Day) {
  if (year !== undefined) return dateOf(Number(year), month, day);
  for (let ahead = 0; ahead <= 8; ahead++) {
    const found = dateOf(today.year + ahead, month, day);
    if (found !== undefined && Temporal.PlainDate.compare(found.first, today) >= 0) return found;
  }
  return undefined;
}

function nextOfMonth(day: number, today: Day): Days | undefined {
  for (let ahead = 0; ahead <= 2; ahead++) {
    const { year, month } = today.with({ day: 1 }).add({ months: ahead });
    const found = dateOf(year, month, day);
    if (found !== undefined && Temporal.PlainDate.compare(found.first, today) >= 0) return found;
  }
  return undefined;
}

function readMonth([, name = "", year]: RegExpExecArray, today: Day): Days {
  const month = monthOf(name);
  if (year === undefined && month === today.month) return monthFrom(today);
  const first = Temporal.PlainDate.from({
    year: year === undefined ? today.year + (month < today.month ? 1 : 0) : Number(year),
    month,
    day: 1,
  });
  return monthFrom(first);
}

/** From a day to the end of its month. */
function monthFrom(first: Day): Days {
  return { kind: "span", first, last: first.with({ day: first.daysInMonth }) };
}

function weekOf(day: Day): Days {
  const first = mondayOf(day);
  return { kind: "week", first, last: first.add({ days: 6 }) };
}

function weekendOf(day: Day): Days {
  const monday = mondayOf(day);
  return { kind: "span", first: monday.add({ days: 5 }), last: monday.add({ days: 6 }) };
}

function mondayOf(day: Day): Day {
  return day.subtract({ days: day.dayOfWeek - 1 });
}

/** The first day of that name from a day on. */
function coming(name: string, from: Day): Day {
  return from.add({ days: (weekdayOf(name) - from.dayOfWeek + 7) % 7 });
}
