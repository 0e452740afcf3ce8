import type { Budget, BudgetDecision, BudgetLimits } from "../budget.ts";
import type { OutboundJob } from "./job.ts";

/** The call may last so long, or why there is none. */
export type AllowanceDecision =
  | { readonly ok: true; readonly minutes: number }
  | Extract<BudgetDecision, { readonly ok: false }>;

/** Sets aside what a call may come to, before it is dialled. */
export interface Allowance {
  /** Takes nothing more for a call that has its share. */
  reserve(job: OutboundJob): Promise<AllowanceDecision>;
  release(callId: string): Promise<void>;
}

export interface AllowanceDeps {
  readonly budget: Budget;
  /** Of every key. */
  readonly limits: BudgetLimits;
  readonly maxCallMs: number;
  /** What one call may cost at most, where that is limited. */
  readonly callUsd?: number;
  readonly now: () => number;
}

/** Rings, is told of late, and is settled: beyond its greatest length. */
const MARGIN_MS = 5 * 60_000;

export function createAllowance(
  { budget, limits, maxCallMs, callUsd, now }: AllowanceDeps,
): Allowance {
  return {
    async reserve({ keyName, callId, minutes: granted }) {
      const minutes = granted ?? await minutesFor(keyName);
      const decision = await budget.reserve({
        ...{ keyName, callId, limits, minutes },
        usd: Math.min(callUsd ?? 0, limits.dailyUsd ?? Infinity),
        holdMs: maxCallMs + MARGIN_MS,
      }, now());
      return decision.ok ? { ok: true, minutes } : decision;
    },
    release: (callId) => budget.release(callId),
  };

  /** Near the end of the day's minutes a call is given those that are left, and not refused. */
  async function minutesFor(keyName: string): Promise<number> {
    const wanted = maxCallMs / 60_000;
    if (limits.dailyMinutes === undefined) return wanted;
    const { minutesToday } = await budget.used(keyName, now());
    return Math.min(wanted, Math.max(1, limits.dailyMinutes - minutesToday));
  }
}
