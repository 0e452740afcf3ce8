import type { Day } from "./bookableTimes.ts";
import type { PartOfDay, Preference } from "./chooseTimes.ts";
import { type DayRange, joinDays } from "./joinDays.ts";
import { TextLeft } from "./textLeft.ts";
import { readDays } from "./whenDays.ts";
import {
  anyDay,
  clockPatterns,
  fillers,
  partPatterns,
  sidePatterns,
  todaysPart,
} from "./whenVocabulary.ts";

/** What was asked for; without days, the earliest that there is. */
export type When =
  | { readonly ok: true; readonly days: readonly DayRange[]; readonly preference: Preference }
  | { readonly ok: false; readonly reason: "not_understood" }
  /** A weekday and a date that is another one. */
  | { readonly ok: false; readonly reason: "other_weekday"; readonly day: Day };

/**
 * Reads words such as "next Tuesday afternoon", "on the 3rd" or "2027-01-31 to 2027-02-02", in English, German,
 * Spanish or French, on a given day. Where a word is not known, nothing is guessed.
 */
export function readWhen(words: string, today: Day): When {
  const text = new TextLeft(plain(words));
  const isAny = text.take(anyDay) !== undefined;
  const isToday = text.has(todaysPart);
  // First: what is left of "mañana por la mañana" or "Dienstag morgen" is a day.
  const part = readPart(text);
  const days = readDays(text, today);
  const clock = readClock(text);
  const left = text.left.replaceAll(fillers, " ").replaceAll(/[\s,.;:!?-]+/g, "");
  const isEmpty = days.length === 0 && !isAny && !isToday && part === undefined &&
    clock.minute === undefined;
  if (left !== "" || isEmpty) return { ok: false, reason: "not_understood" };
  const joined = joinDays(days, text.original, today);
  if ("day" in joined) return { ok: false, reason: "other_weekday", day: joined.day };
  const ranges = isToday ? [{ first: today, last: today }, ...joined.ranges] : joined.ranges;
  return { ok: true, days: ranges, preference: { part, ...clock } };
}

/** Without accents and capitals, and with plain signs. */
function plain(words: string): string {
  return words.slice(0, MAX_LENGTH).normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase()
    .replaceAll("ß", "ss").replaceAll(/[’‘`]/g, "'").replaceAll(/[–—]/g, "-")
    .replaceAll(/(\d{4}-\d\d-\d\d)\/(?=\d)/g, "$1 to ").replaceAll(/\s+/g, " ").trim();
}

const MAX_LENGTH = 200;

function readPart(text: TextLeft): PartOfDay | undefined {
  const { morning, afternoon, evening } = partPatterns;
  if (text.take(afternoon)) return "afternoon";
  if (text.take(morning)) return "morning";
  return text.take(evening) ? "evening" : undefined;
}

/** A clock time, or two with all between them. */
function readClock(text: TextLeft): Preference {
  const bounds = text.take(clockPatterns.bounds);
  if (bounds) {
    const times = [bounds[1], bounds[2]].map((hour) => timeOf(Number(hour), 0, undefined, ""));
    return between(times[0], times[1]);
  }
  const first = takeTime(text);
  if (first === undefined) return {};
  const second = takeTime(text);
  if (second !== undefined) return between(first, second);
  const words = `${first.words} ${text.left}`;
  if (text.take(sidePatterns.after) || new RegExp(sidePatterns.after.source).test(words)) {
    return { minute: first.minute, side: "after" };
  }
  if (text.take(sidePatterns.before) || new RegExp(sidePatterns.before.source).test(words)) {
    return { minute: first.minute, side: "before" };
  }
  return { minute: first.minute };
}

function between(one: ClockTime | undefined, other: ClockTime | undefined): Preference {
  const [minute = 0, until = 0] = [one?.minute ?? 0, other?.minute ?? 0].sort((a, b) => a - b);
  return { minute, side: "after", until };
}

interface ClockTime {
  readonly minute: number;
  /** As it stood in the text. */
  readonly words: string;
}

function takeTime(text: TextLeft): ClockTime | undefined {
  const { noon, full, hour, asked } = clockPatterns;
  const atNoon = text.take(noon);
  if (atNoon) return { minute: 12 * 60, words: atNoon[0] };
  const match = text.take(full) ?? text.take(hour);
  if (match) {
    const [words, hours = "", second, third] = match;
    const [minutes, half] = /^\d/.test(second ?? "") ? [second, third] : ["0", second];
    return timeOf(Number(hours), Number(minutes), half, words);
  }
  const bare = text.take(asked);
  return bare && timeOf(Number(bare[1]), 0, undefined, bare[0]);
}

/** An hour without its half of the day is one at which people have appointments. */
function timeOf(
  hour: number,
  minute: number,
  half: string | undefined,
  words: string,
): ClockTime | undefined {
  if (hour > 24 || minute > 59) return undefined;
  const isAfternoon = half === undefined ? hour >= 1 && hour <= 6 : half.startsWith("p");
  return {
    minute: (hour % 12 + (isAfternoon || half === undefined && hour >= 12 ? 12 : 0)) * 60 + minute,
    words,
  };
}
