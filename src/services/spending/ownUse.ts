import {
  type BudgetAccount,
  type BudgetActual,
  type BudgetExtension,
  type BudgetRefusal,
  dayOf,
  untilTomorrow,
} from "../store.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { present } from "../../utils/present.ts";

interface Amounts {
  readonly minutes: number;
  readonly usd: number;
}

interface OwnCall extends Amounts {
  /** Days since 1970 by UTC: a call counts on the day on which it began. */
  readonly day: number;
  readonly accounts: readonly BudgetAccount[];
  /** Whether the store knows of the call. */
  readonly isStored: boolean;
}

const NOTHING: Amounts = { minutes: 0, usd: 0 };
/** More than are under way, or wait for their records to be written. */
const MAX_CALLS = 20_000;
/** Each caller is one. */
const MAX_SUMS = 20_000;
/** Sums of decimal fractions are inexact. */
const ROUNDING = 1e-9;

/**
 * What the calls of this process have used and reserved of the daily limits. Only the store knows that of
 * all processes; while it does not answer, this bounds what can be spent.
 */
export class OwnUse {
  readonly #calls = new BoundedMap<string, OwnCall>(MAX_CALLS);
  readonly #sums = new BoundedMap<string, Amounts>(MAX_SUMS);

  /** So much is reserved for a call in all; `isStored` where the store has said so. */
  granted(
    callId: string,
    accounts: readonly BudgetAccount[],
    { minutes, usd }: Amounts,
    { now, isStored }: { readonly now: number; readonly isStored: boolean },
  ): void {
    const known = this.#calls.get(callId);
    this.#set(callId, {
      day: known?.day ?? dayOf(now),
      accounts,
      minutes: Math.max(minutes, known?.minutes ?? 0),
      usd: Math.max(usd, known?.usd ?? 0),
      isStored: isStored || known?.isStored === true,
    });
  }

  /** Why a call may not begin: a daily limit of one of its accounts is used up by the calls of this process. */
  refusal(accounts: readonly BudgetAccount[], now: number): BudgetRefusal | undefined {
    for (const account of accounts) {
      const limit = this.#exhausted(account, dayOf(now));
      if (limit !== undefined) {
        return { ok: false, scope: account.scope, limit, retryAfterMs: untilTomorrow(now) };
      }
    }
    return undefined;
  }

  /** Reserves more for a live call, as far as the daily limits allow it to the calls of this process. */
  extend(
    callId: string,
    accounts: readonly BudgetAccount[],
    wanted: Amounts,
    now: number,
  ): BudgetExtension {
    const had = this.#calls.get(callId) ?? NOTHING;
    const day = this.#calls.get(callId)?.day ?? dayOf(now);
    let { minutes, usd } = wanted;
    let refusal: BudgetRefusal | undefined;
    for (const account of accounts) {
      const { dailyMinutes = Infinity, dailyUsd = Infinity } = account.limits;
      const used = this.#used(account, day);
      const most = {
        minutes: had.minutes + Math.max(0, dailyMinutes - used.minutes),
        usd: had.usd + Math.max(0, dailyUsd - used.usd),
      };
      const limit = minutes > had.minutes && most.minutes <= had.minutes + ROUNDING
        ? "dailyMinutes"
        : usd > had.usd && most.usd <= had.usd + ROUNDING
        ? "dailyUsd"
        : undefined;
      if (limit !== undefined) {
        refusal ??= { ok: false, scope: account.scope, limit, retryAfterMs: untilTomorrow(now) };
      }
      minutes = Math.min(minutes, most.minutes);
      usd = Math.min(usd, most.usd);
    }
    const granted = { minutes: Math.max(minutes, had.minutes), usd: Math.max(usd, had.usd) };
    this.granted(callId, accounts, granted, { now, isStored: false });
    return { ...granted, ...present({ refusal }) };
  }

  /** The call is over, and used so much; returns its accounts where the store does not know of it. */
  settled(callId: string, { minutes, usd }: BudgetActual): readonly BudgetAccount[] | undefined {
    const call = this.#calls.get(callId);
    if (call === undefined) return undefined;
    this.#set(callId, { ...call, minutes, usd });
    this.#calls.delete(callId);
    return call.isStored ? undefined : call.accounts;
  }

  /** The call did not begin. */
  released(callId: string): void {
    this.settled(callId, NOTHING);
  }

  #set(callId: string, call: OwnCall): void {
    const before = this.#calls.get(callId) ?? NOTHING;
    this.#calls.set(callId, call);
    for (const account of call.accounts) {
      const { minutes, usd } = this.#used(account, call.day);
      const key = keyOf(account, call.day);
      // Behind all others: the one that is dropped is the one that was not used for longest.
      this.#sums.delete(key);
      this.#sums.set(key, {
        minutes: minutes + call.minutes - before.minutes,
        usd: usd + call.usd - before.usd,
      });
    }
  }

  #used(account: BudgetAccount, day: number): Amounts {
    return this.#sums.get(keyOf(account, day)) ?? NOTHING;
  }

  #exhausted(account: BudgetAccount, day: number): "dailyMinutes" | "dailyUsd" | undefined {
    const { dailyMinutes = Infinity, dailyUsd = Infinity } = account.limits;
    const { minutes, usd } = this.#used(account, day);
    if (minutes >= dailyMinutes - ROUNDING) return "dailyMinutes";
    return usd >= dailyUsd - ROUNDING ? "dailyUsd" : undefined;
  }
}

function keyOf({ scope, subject }: BudgetAccount, day: number): string {
  return `${day} ${scope} ${subject}`;
}
