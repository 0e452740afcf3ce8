import type {
  BudgetAccount,
  BudgetLimit,
  BudgetLimits,
  BudgetRefusal,
  BudgetScope,
  BudgetUse,
} from "./budgetTypes.ts";
import type { Query, Row } from "../database.ts";
import { placeholders } from "../columns.ts";
import { numberOf, onlyRow, textOf } from "../row.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Clocks differ by less: reservations further in the future come from a wrong clock. */
const MAX_SKEW_MS = MINUTE_MS;
/** When one of the calls under way will end is not known. */
export const PLACE_RETRY_MS = 10_000;
/** Sums of decimal fractions are off by about 1e-13: ten calls at 0.1 fit into 1. */
export const ROUNDING = 1e-9;

/** What an account has used of one day. */
export async function usedOn(
  query: Query,
  { scope, subject }: Pick<BudgetAccount, "scope" | "subject">,
  day: number,
): Promise<{ readonly minutes: number; readonly usd: number; readonly calls: number }> {
  const sums = onlyRow(
    await query(
      `SELECT COALESCE(SUM(minutes), 0) AS minutes, COALESCE(SUM(usd), 0) AS usd, COUNT(*) AS calls
      FROM budget_entries WHERE scope = $1 AND subject = $2 AND day = $3`,
      [scope, subject, day],
    ),
  );
  return { ...amountsOf(sums), calls: numberOf(sums, "calls") };
}

/** A subject, and a time by whose day it is asked for. */
export interface DayOfSubject {
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly dayOffsetMs?: number | undefined;
}

/** How many calls each of some hundred subjects has on its day, in their order. */
export async function callsOn(
  query: Query,
  scope: BudgetScope,
  asked: readonly DayOfSubject[],
): Promise<readonly number[]> {
  if (asked.length === 0) return [];
  const days = asked.map(({ at, dayOffsetMs = 0 }) => dayOf(at + dayOffsetMs));
  const subjects = [...new Set(asked.map(({ subject }) => subject))];
  const rows = await query(
    `SELECT subject, day, COUNT(*) AS calls FROM budget_entries
      WHERE scope = $1 AND day >= $2 AND day <= $3 AND subject IN (${placeholders(subjects, 4)})
      GROUP BY subject, day`,
    [scope, Math.min(...days), Math.max(...days), ...subjects],
  );
  const calls = new Map(rows.map((row) => [
    `${textOf(row, "subject")} ${numberOf(row, "day")}`,
    numberOf(row, "calls"),
  ]));
  return asked.map(({ subject }, at) => calls.get(`${subject} ${days[at]}`) ?? 0);
}

/** An expired reservation still counts for its day: the money may be spent. */
export async function usedBy(
  query: Query,
  account: Pick<BudgetAccount, "scope" | "subject" | "dayOffsetMs">,
  now: number,
): Promise<BudgetUse> {
  const day = dayOf(now + (account.dayOffsetMs ?? 0));
  const today = await usedOn(query, account, day);
  // A call may have begun yesterday; none lasts longer than a day. Rows of a clock days ahead do not count.
  const recent = onlyRow(
    await query(
      `SELECT COALESCE(SUM(
        CASE WHEN reserved_at > $5 AND reserved_at < $7 THEN 1 ELSE 0 END), 0) AS last_minute,
      COALESCE(SUM(CASE WHEN settled = 0 AND expires_at > $6 THEN 1 ELSE 0 END), 0) AS concurrent,
      COALESCE(SUM(CASE WHEN settled = 0 AND expires_at > $6 AND day = $8 THEN minutes ELSE 0 END), 0)
        AS reserved
      FROM budget_entries WHERE scope = $1 AND subject = $2 AND day >= $3 AND day <= $4`,
      [
        ...[account.scope, account.subject, dayOf(now) - 1, dayOf(now) + 1],
        ...[Math.round(now - MINUTE_MS), Math.round(now), Math.round(now + MAX_SKEW_MS)],
        day,
      ],
    ),
  );
  return {
    callsLastMinute: numberOf(recent, "last_minute"),
    concurrent: numberOf(recent, "concurrent"),
    callsToday: today.calls,
    minutesToday: today.minutes,
    minutesReserved: numberOf(recent, "reserved"),
    usdToday: today.usd,
  };
}

/** The first limit that a call of this size would exceed. */
export function exceeded(
  used: BudgetUse,
  { perMinute, concurrent, dailyCalls, dailyMinutes, dailyUsd }: BudgetLimits,
  { leastMinutes, leastUsd }: { readonly leastMinutes: number; readonly leastUsd: number },
): BudgetLimit | undefined {
  if (perMinute !== undefined && used.callsLastMinute >= perMinute) return "perMinute";
  if (concurrent !== undefined && used.concurrent >= concurrent) return "concurrent";
  if (dailyCalls !== undefined && used.callsToday >= dailyCalls) return "dailyCalls";
  if (!fits(leastMinutes, used.minutesToday, dailyMinutes)) return "dailyMinutes";
  if (!fits(leastUsd, used.usdToday, dailyUsd)) return "dailyUsd";
  return undefined;
}

/** What a refusal by a limit of minutes says of them; nothing for another limit. */
export function minutesOf(
  limit: BudgetLimit,
  { minutesToday, minutesReserved }: BudgetUse,
  { dailyMinutes }: BudgetLimits,
): Pick<BudgetRefusal, "minutes"> {
  if (limit !== "dailyMinutes" || dailyMinutes === undefined) return {};
  const used = Math.max(0, minutesToday - minutesReserved);
  return { minutes: { used, reserved: minutesReserved, limit: dailyMinutes } };
}

/** Whether nothing but what calls under way have reserved stands in the way of another minute. */
export function isOnlyReserved({ minutes }: Pick<BudgetRefusal, "minutes">): boolean {
  return minutes !== undefined && minutes.reserved > 0 && fits(1, minutes.used, minutes.limit);
}

/** Once a limit is reached nothing fits, not even a call of unknown cost. */
function fits(amount: number, used: number, limit: number | undefined): boolean {
  if (limit === undefined) return true;
  return used < limit - ROUNDING && used + amount <= limit + ROUNDING;
}

/** What is left of a limit; Infinity without one. */
export function left(limit: number | undefined, used: number): number {
  return limit === undefined ? Infinity : Math.max(0, limit - used);
}

/** In how many milliseconds a call may fit again. */
export async function retryAfter(
  query: Query,
  { scope, subject, dayOffsetMs = 0 }: BudgetAccount,
  limit: BudgetLimit,
  now: number,
): Promise<number> {
  switch (limit) {
    case "perMinute": {
      const [oldest] = await query(
        `SELECT reserved_at FROM budget_entries
          WHERE scope = $1 AND subject = $2 AND reserved_at > $3 ORDER BY reserved_at LIMIT 1`,
        [scope, subject, Math.round(now - MINUTE_MS)],
      );
      return oldest === undefined
        ? MINUTE_MS
        : Math.max(1, numberOf(oldest, "reserved_at") + MINUTE_MS - Math.round(now));
    }
    case "concurrent":
      return PLACE_RETRY_MS;
    case "dailyCalls":
    case "dailyMinutes":
    case "dailyUsd":
      return untilTomorrow(now + dayOffsetMs);
  }
}

/** Milliseconds until the next day begins; of UTC, or of a place whose offset is added to `now`. */
export function untilTomorrow(now: number): number {
  return Math.ceil((dayOf(now) + 1) * DAY_MS - now);
}

/** Days since 1970, by UTC. */
export function dayOf(now: number): number {
  return Math.floor(now / DAY_MS);
}

/** The minutes and dollars of a row. */
export function amountsOf(row: Row): { readonly minutes: number; readonly usd: number } {
  return { minutes: numberOf(row, "minutes"), usd: numberOf(row, "usd") };
}
