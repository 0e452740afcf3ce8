import type { CallSession } from "../../call/sessionApi.ts";
import {
  type Budget,
  type BudgetAccount,
  type BudgetExtension,
  type BudgetRefusal,
  type BudgetScope,
  type CallRecord,
  exceeded,
  isOnlyReserved,
  minutesOf,
  untilTomorrow,
} from "../store.ts";
import type { CallAccounts, CountedCall } from "./callAccounts.ts";
import { withFigures } from "./limitFigures.ts";
import { BudgetRefusals, type BudgetRefusalsDeps, type RefusalCount } from "./budgetRefusals.ts";
import { findCalledEnough, type PlannedCall } from "./calledEnough.ts";
import { isTransferOpen, spentBy } from "./callUsage.ts";
import { OwnUse } from "./ownUse.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import { sleep } from "../../utils/sleep.ts";
import type { WorkSlices } from "../../utils/workSlices.ts";

/** `now` is in milliseconds since 1970. */
export interface CallBudgetDeps extends Clock, BudgetRefusalsDeps {
  readonly budget: Budget;
  readonly accountsOf: CallAccounts;
  /** What one call may cost at most, where that is limited. */
  readonly callUsd?: number;
  /** Whether the models of a call have known prices. */
  readonly isPriced: (call: { readonly agent: string }) => boolean;
  /** How often an agent may call one number in a day, where its file says so. */
  readonly attemptsOf: (agent: string) => number | undefined;
  /** The offset from UTC, in milliseconds, of the clocks at a number. */
  readonly offsetAt: (number: string, at: number) => Promise<number>;
}

/** What is reserved at a time, so that many calls can share what is left of a day. */
export const STRETCH = { minutes: 1, usd: 0.1 } as const;
/** A call that was not extended for so long does not count as concurrent any more. */
const HOLD_MS = 3 * 60_000;
/** No caller waits longer for the store. */
const TIMEOUT_MS = 1500;
const SETTLE_TRIES = 5;
/** How long a placed call's reservation outlasts the call: ringing, late callbacks, finalizing. */
const PLACED_MARGIN_MS = 5 * 60_000;

export type CallBudget = ReturnType<typeof createCallBudget>;

/** Applies the limits to calls: before they begin, while they last and at their end. */
export function createCallBudget(deps: CallBudgetDeps) {
  const { budget, accountsOf, isPriced, callUsd = Infinity } = deps;
  const { now, setTimer, log } = deps;
  /** The accounts of the calls that this process has admitted. */
  const admitted = new Map<string, readonly BudgetAccount[]>();
  /** What limits count by while the store does not answer. */
  const own = new OwnUse();
  const refusals = new BudgetRefusals(deps);
  /** The first reservation in dollars; 0 where no price is known. */
  const firstUsd = (call: { readonly agent: string }) =>
    isPriced(call) ? Math.min(STRETCH.usd, callUsd) : 0;

  return {
    accountsOf,
    isPriced,
    /** Why such a call could not begin now; reserves nothing. */
    async check(call: CountedCall): Promise<BudgetRefusal | undefined> {
      try {
        return await withinTimeout(refusalOf(accountsOf(call)));
      } catch (error) {
        return unavailable(error, accountsOf(call));
      }
    },
    /**
     * Reserves the first stretch of a web or inbound call. While the store does not answer, limits count
     * what the calls of this process use.
     */
    async admit(
      callId: string,
      call: CountedCall & { readonly agent: string },
    ): Promise<BudgetRefusal | undefined> {
      const accounts = accountsOf(call);
      if (accounts.length === 0) return undefined;
      const first = { minutes: STRETCH.minutes, usd: firstUsd(call) };
      try {
        const decision = await withinTimeout(budget.reserve({
          callId,
          accounts,
          holdMs: HOLD_MS,
          leastMinutes: 0,
          leastUsd: 0,
          ...first,
        }, now()));
        if (!decision.ok) return refusals.record(withFigures(decision, accounts, { at: now() }));
        own.granted(callId, accounts, decision, { now: now(), isStored: true });
      } catch (error) {
        const refusal = unavailable(error, accounts);
        if (refusal !== undefined) return refusals.record(refusal);
        own.granted(callId, accounts, first, { now: now(), isStored: false });
      }
      admitted.set(callId, accounts);
      return undefined;
    },
    /**
     * Reserves minutes and money for a call of at most `maxMs` before it is dialled; resolves with how long
     * it may last. `minutes` is what was reserved for it before: reserving again adds nothing. One that `waits` is
     * not refused by what calls under way have reserved.
     */
    async reserve(
      { callId, keyName, agent, to: number, minutes: granted, waits = false }: {
        readonly callId: string;
        readonly keyName: string;
        readonly agent: string;
        readonly to: string;
        readonly minutes?: number | undefined;
        readonly waits?: boolean;
      },
      maxMs: number,
      at: number,
    ): Promise<{ readonly ok: true; readonly minutes: number } | BudgetRefusal> {
      const accounts = await placedAccounts({ keyName, agent, to: number }, at);
      const minutes = granted ?? maxMs / 60_000;
      if (accounts.length === 0) return { ok: true, minutes };
      // A call gets what is left of the daily minutes, and is refused below one minute.
      const decision = await budget.reserve({
        callId,
        accounts,
        minutes,
        leastMinutes: granted ?? Math.min(1, minutes),
        usd: firstUsd({ agent }),
        leastUsd: 0,
        holdMs: maxMs + PLACED_MARGIN_MS,
      }, at);
      if (!decision.ok) {
        if (waits && isOnlyReserved(decision)) return decision;
        const attempts = deps.attemptsOf(agent);
        return refusals.record(withFigures(decision, accounts, { attempts, at }));
      }
      own.granted(callId, accounts, decision, { now: at, isStored: true });
      return decision;
    },
    /** Those of some hundred calls whose number has been called often enough on their day. */
    calledEnough: <Call extends PlannedCall>(
      calls: readonly Call[],
      slices: Pick<WorkSlices, "pause">,
    ): Promise<ReadonlySet<Call>> =>
      findCalledEnough(calls, {
        budget,
        accountsOf: (call) => placedAccounts(call, call.at),
      }, slices),
    /** Reserves more for a live call; where the store does not answer, of what this process may use. */
    async extend(
      { id: callId, request }: Pick<CallSession, "id" | "request">,
      { minutes, usd }: { readonly minutes: number; readonly usd: number },
    ): Promise<BudgetExtension> {
      const accounts = admitted.get(callId) ?? accountsOf({
        direction: request.direction,
        keyName: request.keyName,
        number: request.caller,
      });
      if (accounts.length === 0) return { minutes, usd };
      const wanted = { minutes, usd: Math.min(usd, callUsd) };
      try {
        const extension = await withinTimeout(
          budget.extend({ callId, accounts, ...wanted, holdMs: HOLD_MS }, now()),
        );
        own.granted(callId, accounts, extension, { now: now(), isStored: true });
        return extension;
      } catch (error) {
        log.warn("Budget not extended", { callId, error });
        return own.extend(callId, accounts, wanted, now());
      }
    },
    /** This process goes on with a call that another one admitted: what was reserved stays. */
    resume: (callId: string, call: CountedCall): void =>
      void admitted.set(callId, accountsOf(call)),
    /** The call's session is over: it does not count as concurrent here, though its record may wait. */
    releasePlace: (callId: string): void => void admitted.delete(callId),
    /** Removes the reservation of a call that did not begin. */
    async release(callId: string): Promise<void> {
      admitted.delete(callId);
      own.released(callId);
      await budget.release(callId);
    },
    /** The record of a call is complete; of one that was placed by us, the budget is settled elsewhere. */
    async settle(call: CallRecord): Promise<void> {
      admitted.delete(call.id);
      const accounts = own.settled(call.id, spentBy(call));
      if (call.direction === "outbound") return;
      const isOpen = isTransferOpen(call);
      const { id, startedAt } = call;
      const spent = spentBy(call);
      // One that began and ended while the store was away counts all the same.
      if (accounts !== undefined) {
        await persist(id, () => budget.record(id, { ...spent, accounts, startedAt, isOpen }));
      }
      if (!isOpen) await persist(id, () => budget.settle(id, spent));
    },
    /** How often calls were refused, by whose limit and which. */
    refusals: (): ReadonlyMap<string, RefusalCount> => refusals.counts,
  };

  /** A number's day is that of its own clocks, and so is what an agent may call it in that. */
  async function placedAccounts(
    { keyName, agent, to: number }: {
      readonly keyName: string;
      readonly agent: string;
      readonly to: string;
    },
    at: number,
  ): Promise<readonly BudgetAccount[]> {
    const dayOffsetMs = await deps.offsetAt(number, at);
    const most = deps.attemptsOf(agent) ?? Infinity;
    return accountsOf({ direction: "outbound", keyName, number }).map((account) => {
      if (account.scope !== "number") return account;
      const dailyCalls = Math.min(most, account.limits.dailyCalls ?? Infinity);
      const limits = dailyCalls === Infinity ? {} : { dailyCalls };
      return { ...account, limits, dayOffsetMs };
    });
  }

  async function refusalOf(accounts: readonly BudgetAccount[]): Promise<BudgetRefusal | undefined> {
    const at = now();
    for (const { scope, subject, limits } of accounts) {
      const used = await budget.used({ scope, subject }, at);
      const limit = exceeded(used, limits, { leastMinutes: 0, leastUsd: 0 });
      if (limit === undefined) continue;
      const minutes = minutesOf(limit, used, limits);
      const isOver = limit.startsWith("daily") && !isOnlyReserved(minutes);
      const retryAfterMs = isOver ? untilTomorrow(at) : RETRY_MS;
      return refusals.record({ ok: false, scope, limit, retryAfterMs, ...minutes });
    }
    return undefined;
  }

  /** Checks the concurrent and daily limits by the calls of this process alone. */
  function unavailable(
    error: unknown,
    accounts: readonly BudgetAccount[],
  ): BudgetRefusal | undefined {
    log.warn("Budget not read", { error });
    for (const { scope, subject, limits: { concurrent } } of accounts) {
      if (concurrent === undefined || liveOf(scope, subject) < concurrent) continue;
      return { ok: false, scope, limit: "concurrent", retryAfterMs: RETRY_MS };
    }
    return own.refusal(accounts, now());
  }

  function liveOf(scope: BudgetScope, subject: string): number {
    return [...admitted.values()].filter((accounts) =>
      accounts.some((account) => account.scope === scope && account.subject === subject)
    ).length;
  }

  async function persist(callId: string, work: () => Promise<void>): Promise<void> {
    for (let tries = 1; tries <= SETTLE_TRIES; tries++) {
      try {
        return await work();
      } catch (error) {
        log.warn("Call not settled", { callId, tries, error });
        await sleep(500 * tries, { setTimer });
      }
    }
  }

  function withinTimeout<T>(work: Promise<T>): Promise<T> {
    return deadline(work, TIMEOUT_MS, setTimer);
  }
}

const RETRY_MS = 10_000;
