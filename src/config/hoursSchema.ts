import { z } from "zod";
import { isDate } from "../utils/isDate.ts";

/** A stretch of a day, in minutes since its midnight; `toMinute` is beyond 1440 where it lasts into the next day. */
export interface OpenSpan {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Days without opening; of every year where they are given as month and day alone. Both ends are included. */
export type ClosedDays =
  /** As `2026-12-24`. */
  | { readonly every: "once"; readonly first: string; readonly last: string }
  /** As `12-24`; `first` may come after `last`, across the turn of the year. */
  | { readonly every: "year"; readonly first: string; readonly last: string };

/** What becomes of a call outside an agent's hours. */
export type Outside =
  | { readonly kind: "agent"; readonly agent: string }
  | { readonly kind: "message"; readonly text?: string }
  | { readonly kind: "voicemail"; readonly text: string }
  | { readonly kind: "transfer"; readonly alias: string };

/** When an agent takes calls, by the clocks of its time zone. */
export interface Hours {
  /** From Monday on. */
  readonly week: readonly (readonly OpenSpan[])[];
  readonly closed: readonly ClosedDays[];
  readonly outside: Outside;
}

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY_MINUTES = 24 * 60;

const text = z.string().trim().min(1).max(1000);

const outside = z.strictObject({
  agent: z.string().min(1).max(64).optional(),
  message: text.optional(),
  voicemail: text.optional(),
  transfer: z.string().min(1).max(64).optional(),
}).transform((given, context): Outside => {
  const { agent, message, voicemail, transfer } = given;
  if (Object.values(given).filter((value) => value !== undefined).length === 1) {
    if (agent !== undefined) return { kind: "agent", agent };
    if (message !== undefined) return { kind: "message", text: message };
    if (voicemail !== undefined) return { kind: "voicemail", text: voicemail };
    if (transfer !== undefined) return { kind: "transfer", alias: transfer };
  }
  context.addIssue("must be one of agent, message, voicemail and transfer");
  return z.NEVER;
});

/** Opening times, by day from Monday on. */
export const week = z.record(z.string(), z.string('must be times in quotes, such as "09:00-17:00"'))
  .transform((given, context) => {
    const days = DAYS.map((): readonly OpenSpan[] | undefined => undefined);
    for (const [name, times] of Object.entries(given)) {
      const named = daysIn(name);
      if (named === undefined) {
        problem(context, name, "is no day: write mon, mon-fri, or sat,sun");
        continue;
      }
      const spans = spansIn(times);
      if (typeof spans === "string") {
        problem(context, name, spans);
        continue;
      }
      for (const day of named) {
        if (days[day] !== undefined) problem(context, name, `${DAYS[day]} is given twice`);
        days[day] = spans;
      }
    }
    return days.map((spans) => spans ?? []);
  });

/** Days without opening. */
export const closed = z.array(
  z.string('must be a day in quotes, such as "2026-12-24" or "12-24"').transform(
    (given, context): ClosedDays => {
      const days = closedIn(given);
      if (days !== undefined) return days;
      context.addIssue(
        'must be a day or days, such as "2026-12-24", "2026-12-24..2026-12-26" or "12-24"',
      );
      return z.NEVER;
    },
  ),
).max(400).default([]);

/** `hours` of an agent's file. */
export const hours = z.strictObject({
  open: week,
  closed,
  outside: outside.default({ kind: "message" }),
}).transform(({ open, ...rest }): Hours => ({ week: open, ...rest }));

/** Whether a day, as `2026-12-24`, is one of those without opening. */
export function isClosedOn(date: string, closed: readonly ClosedDays[]): boolean {
  const yearly = date.slice(5);
  return closed.some(({ every, first, last }) => {
    if (every === "once") return first <= date && date <= last;
    return first <= last ? first <= yearly && yearly <= last : yearly >= first || yearly <= last;
  });
}

function problem(context: z.RefinementCtx, name: string, message: string): void {
  context.addIssue({ code: "custom", path: [name.slice(0, 40)], message });
}

/** Days by their number from Monday, of `mon`, `mon-fri`, `sat-mon` or `sat,sun`. */
function daysIn(name: string): readonly number[] | undefined {
  const days: number[] = [];
  for (const part of name.toLowerCase().split(",")) {
    const [, from = "", to = from] = /^\s*([a-z]{3})(?:\s*-\s*([a-z]{3}))?\s*$/.exec(part) ?? [];
    const [first, last] = [DAYS.indexOf(from), DAYS.indexOf(to)];
    if (first < 0 || last < 0) return undefined;
    const count = (last - first + DAYS.length) % DAYS.length + 1;
    for (let at = 0; at < count; at++) days.push((first + at) % DAYS.length);
  }
  return days;
}

/** Stretches of `09:00-12:30, 22:00-02:00` in order, or what is wrong with them. */
function spansIn(times: string): readonly OpenSpan[] | string {
  const spans: OpenSpan[] = [];
  for (const part of times.split(",", MAX_SPANS + 1)) {
    const [, from = "", to = ""] = /^\s*(\d\d?:\d\d)\s*-\s*(\d\d?:\d\d)\s*$/.exec(part) ?? [];
    const [fromMinute, until] = [minuteOf(from), minuteOf(to)];
    if (fromMinute === undefined || until === undefined || fromMinute === DAY_MINUTES) {
      return `must be times such as "09:00-12:30, 13:30-18:00", to 24:00 at most`;
    }
    if (until === fromMinute) return `begins and ends at ${from}: write 00:00-24:00 for all day`;
    spans.push({ fromMinute, toMinute: until > fromMinute ? until : until + DAY_MINUTES });
  }
  if (spans.length > MAX_SPANS) return `has more than ${MAX_SPANS} stretches`;
  spans.sort((a, b) => a.fromMinute - b.fromMinute);
  const overlaps = spans.some(({ fromMinute }, at) => fromMinute < (spans[at - 1]?.toMinute ?? 0));
  return overlaps ? "has times that overlap" : spans;
}

const MAX_SPANS = 12;

function minuteOf(time: string): number | undefined {
  const [, hour, minute] = /^(\d\d?):(\d\d)$/.exec(time) ?? [];
  const total = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && total <= DAY_MINUTES ? total : undefined;
}

function closedIn(given: string): ClosedDays | undefined {
  const [first = "", last = first, ...more] = given.split("..").map((day) => day.trim());
  if (more.length > 0) return undefined;
  if (isDate(first) && isDate(last)) {
    return first <= last ? { every: "once", first, last } : undefined;
  }
  // Of a leap year, so that 02-29 is a day.
  const isYearly = [first, last].every((day) => /^\d\d-\d\d$/.test(day) && isDate(`2024-${day}`));
  return isYearly ? { every: "year", first, last } : undefined;
}
