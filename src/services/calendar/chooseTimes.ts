import type { Day, FreeTime } from "./bookableTimes.ts";

export const partsOfDay = ["morning", "afternoon", "evening"] as const;
export type PartOfDay = (typeof partsOfDay)[number];

/** The hours of a part of the day: from the first to before the second. */
const HOURS: Readonly<Record<PartOfDay, readonly [from: number, to: number]>> = {
  morning: [0, 12],
  afternoon: [12, 18],
  evening: [17, 24],
};

export interface Preference {
  readonly part?: PartOfDay | undefined;
  /** Minutes since midnight: a clock time that was asked for. */
  readonly minute?: number | undefined;
  /** Whether times after that minute, or before it, are wanted in the place of the nearest. */
  readonly side?: "after" | "before" | undefined;
  /** With `after`: not at this minute or later. */
  readonly until?: number | undefined;
}

/** The times that suit a preference, in their order. */
export function suitable(
  times: readonly FreeTime[],
  { part, minute, side, until = Infinity }: Preference,
): readonly FreeTime[] {
  return times.filter(({ minute: at }) => {
    if (part !== undefined) {
      const [from, to] = HOURS[part];
      if (at < from * 60 || at >= to * 60) return false;
    }
    if (minute === undefined || side === undefined) return true;
    return side === "after" ? at >= minute && at < until : at < minute;
  });
}

/**
 * At most so many of the times: the nearest to the clock time that was asked for, else some that are spread
 * over all of them, so that a caller can choose, and easily said where there are enough. In their order.
 */
export function choose(
  times: readonly FreeTime[],
  { minute, side }: Preference,
  most: number,
): readonly FreeTime[] {
  if (times.length <= most) return times;
  if (minute !== undefined && side === undefined) {
    const distance = (time: FreeTime) => Math.abs(time.minute - minute);
    return [...times].sort((a, b) => distance(a) - distance(b) || a.startsAt - b.startsAt)
      .slice(0, most).sort((a, b) => a.startsAt - b.startsAt);
  }
  const round = [60, 30].map((unit) => times.filter((time) => time.minute % unit === 0))
    .find(({ length }) => length >= most) ?? times;
  const step = (round.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, at) => round[Math.round(at * step)] ?? []).flat();
}

/** At most so many, the first and those that do not overlap one before them. */
export function chooseEarliest(
  times: readonly FreeTime[],
  minutes: number,
  most: number,
): readonly FreeTime[] {
  const chosen: FreeTime[] = [];
  for (const time of times) {
    const last = chosen.at(-1)?.startsAt ?? -Infinity;
    if (time.startsAt >= last + minutes * 60_000 && chosen.length < most) chosen.push(time);
  }
  return chosen;
}

/** Days from the first to the last, both included. */
export function daysFrom(first: Day, last: Day): readonly Day[] {
  const count = first.until(last).days + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => first.add({ days: at }));
}
