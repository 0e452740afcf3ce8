import type { CalendarStore } from "../store.ts";
import {
  type BookingRules,
  type Day,
  dayAt,
  type FreeTime,
  freeTimesOn,
  lastDay,
  placesOf,
  startOfDay,
} from "./bookableTimes.ts";
import { choose, chooseEarliest, daysFrom, type Preference, suitable } from "./chooseTimes.ts";
import type { DayRange } from "./joinDays.ts";

/** A caller remembers no more. */
const MAX_TIMES = 5;
/** Days that are looked through without a pause: calls go on in between. */
const DAYS_AT_ONCE = 2;
const MAX_DAYS = 62;

export interface FindTimesOptions {
  readonly store: Pick<CalendarStore, "taken">;
  readonly rules: BookingRules;
  readonly minutes: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface FoundTimes {
  readonly times: readonly FreeTime[];
  /** Nothing suits: these are the next that are free. */
  readonly areOthers: boolean;
}

/** Up to five free times that suit; without days, the earliest. */
export async function findTimes(
  days: readonly DayRange[],
  preference: Preference,
  options: FindTimesOptions,
): Promise<FoundTimes> {
  const { rules, minutes, now } = options;
  const [today, last] = [dayAt(now, rules.timezone), lastDay(rules, now)];
  if (days.length > 0) {
    const asked = days.flatMap(({ first, last }) => daysFrom(later(first, today), last));
    const free = await freeTimes(asked.slice(0, MAX_DAYS), options);
    const chosen = choose(suitable(free, preference), preference, MAX_TIMES);
    if (chosen.length > 0) return { times: chosen, areOthers: false };
  }
  const from = days[0] === undefined ? today : later(days[0].first, today);
  const wanted = days.length > 0 ? {} : preference;
  const all = daysFrom(from, last);
  let found: readonly FreeTime[] = [];
  for (let at = 0; at < all.length; at += DAYS_AT_ONCE) {
    const free = await freeTimes(all.slice(at, at + DAYS_AT_ONCE), options);
    found = chooseEarliest([...found, ...suitable(free, wanted)], minutes, MAX_TIMES);
    // Of a day that has some, its others are offered; the next are far less near.
    if (found.length >= ENOUGH) break;
  }
  return { times: found, areOthers: days.length > 0 };
}

const ENOUGH = 3;

async function freeTimes(
  days: readonly Day[],
  { store, rules, minutes, now }: FindTimesOptions,
): Promise<readonly FreeTime[]> {
  const free: FreeTime[] = [];
  for (let at = 0; at < days.length; at += DAYS_AT_ONCE) {
    const some = days.slice(at, at + DAYS_AT_ONCE);
    const [first, last] = [some[0], some.at(-1)];
    if (first === undefined || last === undefined) break;
    const { timezone, name } = rules;
    // Opening times may reach into the day after.
    const end = startOfDay(last.add({ days: 2 }), timezone);
    const cells = await store.taken(name, startOfDay(first, timezone), end);
    const taken = placesOf(cells, rules.capacity);
    free.push(...some.flatMap((day) => freeTimesOn(day, { rules, minutes, now, taken })));
  }
  return free;
}

function later(one: Day, other: Day): Day {
  return Temporal.PlainDate.compare(one, other) < 0 ? other : one;
}
