import type { Database, Query } from "./store/database.ts";
import { numberOf } from "./store/row.ts";

/** What one API key may have placed; absent means without limit. */
export interface BudgetLimits {
  /** Calls within any 60 seconds. */
  readonly perMinute?: number;
  readonly concurrent?: number;
  readonly dailyMinutes?: number;
  readonly dailyUsd?: number;
}

export type BudgetLimit = keyof BudgetLimits;

/** What a call may come to at most, set aside before it is placed. */
export interface BudgetRequest {
  readonly keyName: string;
  readonly callId: string;
  readonly limits: BudgetLimits;
  readonly minutes: number;
  readonly usd: number;
  /** After so long, a call of which nothing was heard any more counts as over. */
  readonly holdMs: number;
}

export type BudgetDecision =
  | { readonly ok: true }
  | { readonly ok: false; readonly limit: BudgetLimit; readonly retryAfterMs: number };

/** What a key has used; days are those of UTC. */
export interface BudgetUse {
  readonly callsLastMinute: number;
  readonly concurrent: number;
  readonly minutesToday: number;
  readonly usdToday: number;
}

/** Sets money and minutes aside before a call is placed, so that no race can exceed a limit. */
export interface Budget {
  /** Decides and sets aside in one step, for all processes together. */
  reserve(request: BudgetRequest, now: number): Promise<BudgetDecision>;
  /** Puts what a call really came to in place of what was set aside. The first one counts. */
  settle(
    callId: string,
    actual: { readonly minutes: number; readonly usd: number; readonly leastUsd?: boolean },
  ): Promise<void>;
  /** For a call that was not placed: nothing of it counts. */
  release(callId: string): Promise<void>;
  used(keyName: string, now: number): Promise<BudgetUse>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Clocks differ by less: what was set aside further on was by one that was wrong. */
const MAX_SKEW_MS = MINUTE_MS;
/** Nobody can tell when one of the calls that hold a place will end. */
const PLACE_RETRY_MS = 10_000;

export function createBudget(database: Database): Budget {
  return {
    reserve(request, now) {
      const { keyName, callId, minutes, usd, holdMs } = request;
      return database.transaction(`budget:${keyName}`, async (query): Promise<BudgetDecision> => {
        // A hold that has run out belongs to another day, or to a call that waited for too long.
        await query(
          "DELETE FROM reservations WHERE call_id = $1 AND settled = 0 AND expires_at <= $2",
          [callId, Math.round(now)],
        );
        const known = await query("SELECT 1 AS there FROM reservations WHERE call_id = $1", [
          callId,
        ]);
        if (known.length > 0) return { ok: true };
        const limit = exceeded(await usedBy(query, keyName, now), request);
        if (limit !== undefined) {
          return { ok: false, limit, retryAfterMs: await retryAfter(query, keyName, limit, now) };
        }
        await query(
          `INSERT INTO reservations
            (call_id, key_name, day, reserved_at, expires_at, minutes, usd)
            VALUES ($1, $2, $3, $4, $5, $6, $7)`,
          [callId, keyName, dayOf(now), Math.round(now), Math.round(now + holdMs), minutes, usd],
        );
        return { ok: true };
      });
    },
    async settle(callId, { minutes, usd, leastUsd = false }) {
      await database.query(
        `UPDATE reservations SET settled = 1, minutes = $2,
          usd = CASE WHEN $4 = 1 AND usd > $3 THEN usd ELSE $3 END
          WHERE call_id = $1 AND settled = 0`,
        [callId, minutes, usd, leastUsd ? 1 : 0],
      );
    },
    async release(callId) {
      await database.query("DELETE FROM reservations WHERE call_id = $1 AND settled = 0", [callId]);
    },
    used: (keyName, now) => usedBy(database.query, keyName, now),
  };
}

/** What an expired reservation had set aside still counts for its day: the money may be spent. */
async function usedBy(query: Query, keyName: string, now: number): Promise<BudgetUse> {
  const [today] = await query(
    `SELECT COALESCE(SUM(minutes), 0) AS minutes, COALESCE(SUM(usd), 0) AS usd
      FROM reservations WHERE key_name = $1 AND day = $2`,
    [keyName, dayOf(now)],
  );
  // A call may have begun yesterday; none lasts longer than a day.
  const [recent] = await query(
    `SELECT COALESCE(SUM(
        CASE WHEN reserved_at > $3 AND reserved_at < $5 THEN 1 ELSE 0 END), 0) AS last_minute,
      COALESCE(SUM(CASE WHEN settled = 0 AND expires_at > $4 THEN 1 ELSE 0 END), 0) AS concurrent
      FROM reservations WHERE key_name = $1 AND day >= $2`,
    [
      ...[keyName, dayOf(now) - 1, Math.round(now - MINUTE_MS), Math.round(now)],
      Math.round(now + MAX_SKEW_MS),
    ],
  );
  return {
    callsLastMinute: recent === undefined ? 0 : numberOf(recent, "last_minute"),
    concurrent: recent === undefined ? 0 : numberOf(recent, "concurrent"),
    minutesToday: today === undefined ? 0 : numberOf(today, "minutes"),
    usdToday: today === undefined ? 0 : numberOf(today, "usd"),
  };
}

function exceeded(used: BudgetUse, request: BudgetRequest): BudgetLimit | undefined {
  const { perMinute, concurrent, dailyMinutes, dailyUsd } = request.limits;
  if (perMinute !== undefined && used.callsLastMinute >= perMinute) return "perMinute";
  if (concurrent !== undefined && used.concurrent >= concurrent) return "concurrent";
  if (!fits(request.minutes, used.minutesToday, dailyMinutes)) return "dailyMinutes";
  if (!fits(request.usd, used.usdToday, dailyUsd)) return "dailyUsd";
  return undefined;
}

/** Sums of decimal fractions miss by some 1e-13: ten calls at 0.1 fit into 1. */
const ROUNDING = 1e-9;

/** Nothing fits behind a limit that is reached, even if nobody knows what it will cost. */
function fits(amount: number, used: number, limit: number | undefined): boolean {
  if (limit === undefined) return true;
  return used < limit - ROUNDING && used + amount <= limit + ROUNDING;
}

async function retryAfter(
  query: Query,
  keyName: string,
  limit: BudgetLimit,
  now: number,
): Promise<number> {
  switch (limit) {
    case "perMinute": {
      const [oldest] = await query(
        "SELECT reserved_at FROM reservations WHERE key_name = $1 AND reserved_at > $2 ORDER BY reserved_at LIMIT 1",
        [keyName, Math.round(now - MINUTE_MS)],
      );
      return oldest === undefined
        ? MINUTE_MS
        : Math.max(1, numberOf(oldest, "reserved_at") + MINUTE_MS - Math.round(now));
    }
    case "concurrent":
      return PLACE_RETRY_MS;
    case "dailyMinutes":
    case "dailyUsd":
      return Math.ceil((dayOf(now) + 1) * DAY_MS - now);
  }
}

function dayOf(now: number): number {
  return Math.floor(now / DAY_MS);
}
