import type { Day } from "./bookableTimes.ts";
import type { FoundDays } from "./whenDays.ts";
import { betweenWords, orWords, untilWords } from "./whenVocabulary.ts";

/** Days from the first to the last, both included. */
export interface DayRange {
  readonly first: Day;
  readonly last: Day;
}

/**
 * Joins the days that a text names to those that it means: "Tuesday, the 3rd" is one day, "Monday to Wednesday"
 * are three, "Monday or Wednesday" two. A date that is not the weekday beside it is returned as `day`.
 */
export function joinDays(
  found: readonly FoundDays[],
  text: string,
  today: Day,
): { readonly ranges: readonly DayRange[] } | { readonly day: Day } {
  const week = found.find(({ kind }) => kind === "week");
  const ranges: DayRange[] = [];
  for (let at = 0; at < found.length; at++) {
    const [one, next] = [found[at], found[at + 1]];
    if (one === undefined) continue;
    const between = next === undefined ? "" : text.slice(one.end, next.at);
    if (next !== undefined && isNamed(one, next, between)) {
      const [weekday, date] = one.kind === "weekday" ? [one, next] : [next, one];
      if (weekday.first.dayOfWeek !== date.first.dayOfWeek) return { day: date.first };
      ranges.push(date);
      at++;
    } else if (week !== undefined && one.kind === "weekday") {
      const day = week.first.add({ days: one.first.dayOfWeek - 1 });
      ranges.push({ first: day, last: day });
    } else if (one.kind === "week" && found.some(({ kind }) => kind === "weekday")) {
      continue;
    } else if (next !== undefined && isSpan(one, between, text)) {
      ranges.push({ first: one.first, last: lastOf(one, next) });
      at++;
    } else {
      ranges.push(one);
      // A weekday that it is today: today, or in a week.
      if (one.kind === "weekday" && one.first.equals(today)) {
        const inAWeek = today.add({ days: 7 });
        ranges.push({ first: inAWeek, last: inAWeek });
      }
    }
  }
  return { ranges: inOrder(ranges) };
}

/** Whether a weekday stands beside its own date. */
function isNamed(one: FoundDays, next: FoundDays, between: string): boolean {
  const kinds = [one.kind, next.kind].sort().join();
  return kinds === "date,weekday" && !has(between, orWords) && !has(between, untilWords);
}

function isSpan(one: FoundDays, between: string, text: string): boolean {
  return has(between, untilWords) ||
    has(between, orWords) && has(text.slice(0, one.at), betweenWords);
}

/** "Thursday to Tuesday" ends after it begins. */
function lastOf(one: FoundDays, next: FoundDays): Day {
  const isBefore = Temporal.PlainDate.compare(next.last, one.first) < 0;
  return isBefore && next.kind === "weekday" ? next.last.add({ days: 7 }) : next.last;
}

function has(text: string, pattern: RegExp): boolean {
  return new RegExp(pattern.source).test(text);
}

function inOrder(ranges: readonly DayRange[]): readonly DayRange[] {
  const sorted = [...ranges].sort((a, b) => Temporal.PlainDate.compare(a.first, b.first));
  return sorted.filter((range, at) => {
    const before = sorted[at - 1];
    return before === undefined || !range.first.equals(before.first) ||
      !range.last.equals(before.last);
  });
}
