import { type BookingRules, type Day, dayAt, lastDay, startOfDay } from "./bookableTimes.ts";
import type { Preference } from "./chooseTimes.ts";
import { type DeskRefusal, refused } from "./deskAnswer.ts";
import type { DayRange } from "./joinDays.ts";
import type { SpokenTimes } from "./spokenTimes.ts";
import { readWhen } from "./whenWords.ts";

/** Days that can be booked; none for the earliest there is. */
export interface AskedDays {
  readonly ok: true;
  readonly days: readonly DayRange[];
  readonly preference: Preference;
  /** How the words were understood. */
  readonly spoken: string;
}

/** Reads the words of a model for a day; refuses those that mean none that can be booked. */
export function readAskedDays(
  words: string,
  { rules, now, spoken }: {
    readonly rules: BookingRules;
    /** Milliseconds since 1970. */
    readonly now: number;
    readonly spoken: SpokenTimes;
  },
): AskedDays | DeskRefusal {
  const say = (day: Day) => spoken.day(startOfDay(day, rules.timezone), now);
  const [today, last] = [dayAt(now, rules.timezone), lastDay(rules, now)];
  if (words.trim() === "") return { ok: true, days: [], preference: {}, spoken: "" };
  const read = readWhen(words, today);
  if (!read.ok) {
    return read.reason === "not_understood"
      ? refused("when_not_understood", notUnderstood(say(today), today))
      : refused(
        "other_weekday",
        `This date is another weekday: it is ${say(read.day)}. Ask which of the two is meant.`,
      );
  }
  const { days, preference } = read;
  if (days.length > 0 && days.every((range) => isBefore(range.last, today))) {
    return refused("in_the_past", `That is in the past: it is ${say(today)} (${today}).`);
  }
  if (days.length > 0 && days.every((range) => isBefore(last, range.first))) {
    return refused(
      "too_far_ahead",
      `Appointments can be booked up to ${say(last)} (${last}).`,
    );
  }
  return {
    ok: true,
    days,
    preference,
    spoken: days.map((range) => sayRange(range, say)).join("; "),
  };
}

function sayRange({ first, last }: DayRange, say: (day: Day) => string): string {
  return first.equals(last) ? say(first) : `${say(first)} - ${say(last)}`;
}

function isBefore(one: Day, other: Day): boolean {
  return Temporal.PlainDate.compare(one, other) < 0;
}

function notUnderstood(spokenToday: string, today: Day): string {
  return `The day was not understood. It is ${spokenToday} (${today}). Write it as one of: "today", ` +
    '"tomorrow", "next Tuesday", "Friday afternoon", "next week", "in two weeks", "on the 3rd", a date ' +
    `such as ${today}, or two with "to" between them. Leave it out for the earliest.`;
}
