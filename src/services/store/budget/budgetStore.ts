import {
  amountsOf,
  callsOn,
  dayOf,
  type DayOfSubject,
  exceeded,
  isOnlyReserved,
  left,
  minutesOf,
  PLACE_RETRY_MS,
  retryAfter,
  ROUNDING,
  untilTomorrow,
  usedBy,
  usedOn,
} from "./budgetUse.ts";
import type {
  BudgetAccount,
  BudgetActual,
  BudgetDecision,
  BudgetExtension,
  BudgetRecord,
  BudgetRefusal,
  BudgetRequest,
  BudgetScope,
  BudgetUse,
} from "./budgetTypes.ts";
import type { Database, Query, Row } from "../database.ts";
import { numberOf, textOf } from "../row.ts";
import { present } from "../../../utils/present.ts";

const LOCK = "budget";

export type Budget = ReturnType<typeof createBudget>;

/**
 * Reserves money and minutes before they are used. Reservations are made and extended under one lock, so
 * that processes cannot exceed a limit together.
 */
export function createBudget(database: Database) {
  return {
    /** Checks the limits and reserves atomically, across all processes. */
    reserve: (request: BudgetRequest, now: number): Promise<BudgetDecision> =>
      database.transaction(LOCK, async (query) => {
        // An expired reservation belongs to another day, or to a call that waited for too long.
        await query(
          "DELETE FROM budget_entries WHERE call_id = $1 AND settled = 0 AND expires_at <= $2",
          [request.callId, Math.round(now)],
        );
        const known = await entriesOf(query, request.callId);
        if (known[0] !== undefined) return { ok: true, ...amountsOf(known[0]) };
        return await insertEntries(query, request, now);
      }),
    /** Reserves more for a live call; also for one that has no reservation. */
    extend: (request: BudgetRequest, now: number): Promise<BudgetExtension> =>
      database.transaction(LOCK, async (query) => {
        const known = await entriesOf(query, request.callId);
        const [first] = known;
        if (first === undefined) {
          const begun = await insertEntries(query, withoutCounts(request), now);
          return begun.ok ? begun : { minutes: 0, usd: 0, refusal: begun };
        }
        if (numberOf(first, "settled") === 1) return amountsOf(first);
        return await extendEntries(query, request, known, now);
      }),
    /** Replaces the reservation by what the call used. The first one counts. */
    async settle(
      callId: string,
      { minutes, usd, leastUsd = false }: BudgetActual,
    ): Promise<void> {
      // Each call of a caller counts as one minute at least: carriers bill by the minute begun.
      await database.query(
        `UPDATE budget_entries SET settled = 1,
          minutes = CASE WHEN scope = 'caller' AND CAST($2 AS DOUBLE PRECISION) < 1
            THEN 1 ELSE CAST($2 AS DOUBLE PRECISION) END,
          usd = CASE WHEN $4 = 1 AND usd > $3 THEN usd ELSE $3 END
          WHERE call_id = $1 AND settled = 0`,
        [callId, minutes, usd, leastUsd ? 1 : 0],
      );
    },
    /** Adds a call that was never reserved, because the database was away all the while. */
    record: (
      callId: string,
      { accounts, startedAt, minutes, usd, isOpen }: BudgetRecord,
    ): Promise<void> =>
      database.transaction(LOCK, async (query) => {
        if ((await entriesOf(query, callId)).length > 0) return;
        for (const { scope, subject } of accounts) {
          await query(
            `INSERT INTO budget_entries
              (call_id, scope, subject, day, reserved_at, expires_at, settled, minutes, usd)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
            [
              ...[callId, scope, subject, dayOf(startedAt)],
              ...[Math.round(startedAt), Math.round(startedAt), isOpen ? 0 : 1],
              ...[scope === "caller" ? Math.max(1, minutes) : minutes, usd],
            ],
          );
        }
      }),
    /** Removes the reservation of a call that was not placed. */
    async release(callId: string): Promise<void> {
      await database.query("DELETE FROM budget_entries WHERE call_id = $1 AND settled = 0", [
        callId,
      ]);
    },
    used: (
      account: Pick<BudgetAccount, "scope" | "subject" | "dayOffsetMs">,
      now: number,
    ): Promise<BudgetUse> => usedBy(database.query, account, now),
    /** How many calls each of some hundred subjects has on its day, in their order. */
    callsOn: (scope: BudgetScope, asked: readonly DayOfSubject[]): Promise<readonly number[]> =>
      callsOn(database.query, scope, asked),
  };
}

async function insertEntries(
  query: Query,
  request: BudgetRequest,
  now: number,
): Promise<BudgetDecision> {
  const { callId, accounts, holdMs } = request;
  let { minutes, usd } = request;
  const { leastMinutes = minutes, leastUsd = usd } = request;
  for (const account of accounts) {
    const { scope, limits } = account;
    const used = await usedBy(query, account, now);
    const limit = exceeded(used, limits, { leastMinutes, leastUsd });
    if (limit !== undefined) {
      const figures = minutesOf(limit, used, limits);
      const retryAfterMs = isOnlyReserved(figures)
        ? PLACE_RETRY_MS
        : await retryAfter(query, account, limit, now);
      return { ok: false, scope, limit, retryAfterMs, ...figures };
    }
    minutes = Math.min(minutes, left(limits.dailyMinutes, used.minutesToday));
    usd = Math.min(usd, left(limits.dailyUsd, used.usdToday));
  }
  for (const { scope, subject, dayOffsetMs = 0 } of accounts) {
    await query(
      `INSERT INTO budget_entries
        (call_id, scope, subject, day, reserved_at, expires_at, minutes, usd)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        ...[callId, scope, subject, dayOf(now + dayOffsetMs)],
        ...[Math.round(now), Math.round(now + holdMs), minutes, usd],
      ],
    );
  }
  return { ok: true, minutes, usd };
}

/** A call counts on the UTC day on which it began. */
async function extendEntries(
  query: Query,
  { callId, accounts, holdMs, ...wanted }: BudgetRequest,
  known: readonly Row[],
  now: number,
): Promise<BudgetExtension> {
  let { minutes, usd } = wanted;
  let refusal: BudgetRefusal | undefined;
  for (const { scope, limits } of accounts) {
    const own = known.find((row) => textOf(row, "scope") === scope);
    if (own === undefined) continue;
    const had = amountsOf(own);
    const day = numberOf(own, "day");
    // A browser that comes back from another address still counts for the one where its call began.
    const used = await usedOn(query, { scope, subject: textOf(own, "subject") }, day);
    const most = {
      minutes: had.minutes + left(limits.dailyMinutes, used.minutes),
      usd: had.usd + left(limits.dailyUsd, used.usd),
    };
    const limit = wanted.minutes > had.minutes && most.minutes <= had.minutes + ROUNDING
      ? "dailyMinutes"
      : wanted.usd > had.usd && most.usd <= had.usd + ROUNDING
      ? "dailyUsd"
      : undefined;
    if (limit !== undefined) {
      refusal ??= { ok: false, scope, limit, retryAfterMs: untilTomorrow(now) };
    }
    minutes = Math.min(minutes, most.minutes);
    usd = Math.min(usd, most.usd);
  }
  await query(
    `UPDATE budget_entries SET
      minutes = CASE WHEN minutes < $2 THEN $2 ELSE minutes END,
      usd = CASE WHEN usd < $3 THEN $3 ELSE usd END,
      expires_at = CASE WHEN expires_at < $4 THEN $4 ELSE expires_at END
      WHERE call_id = $1 AND settled = 0`,
    [callId, minutes, usd, Math.round(now + holdMs)],
  );
  const had = known.map(amountsOf);
  return {
    minutes: Math.max(minutes, ...had.map((amounts) => amounts.minutes)),
    usd: Math.max(usd, ...had.map((amounts) => amounts.usd)),
    ...present({ refusal }),
  };
}

/** A live call is not refused by limits on the number of calls. */
function withoutCounts(request: BudgetRequest): BudgetRequest {
  const accounts = request.accounts.map(({ limits, ...account }) => {
    const { dailyMinutes, dailyUsd } = limits;
    return { ...account, limits: present({ dailyMinutes, dailyUsd }) };
  });
  return { ...request, accounts, leastMinutes: 0, leastUsd: 0 };
}

function entriesOf(query: Query, callId: string): Promise<readonly Row[]> {
  return query("SELECT * FROM budget_entries WHERE call_id = $1 ORDER BY scope", [callId]);
}
