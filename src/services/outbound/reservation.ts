import type { Budget, BudgetRefusal } from "../store.ts";
import type { CallBudget } from "../spending.ts";
import type { OutboundJob } from "./outboundJob.ts";

/** The call may last so long, or why there is none. */
export type ReservationDecision = { readonly ok: true; readonly minutes: number } | BudgetRefusal;

/** Sets aside what a call may come to, before it is dialled. */
export interface Reservation {
  /** Takes nothing more for a call that has its share. */
  reserve(job: OutboundJob): Promise<ReservationDecision>;
  release(callId: string): Promise<void>;
}

export interface ReservationDeps {
  readonly budget: Budget;
  readonly callBudget: Pick<CallBudget, "accountsOf" | "firstUsd" | "recordRefusal">;
  readonly maxCallMs: number;
  readonly now: () => number;
}

/** Rings, is told of late, and is settled: beyond its greatest length. */
const MARGIN_MS = 5 * 60_000;

export function createReservation(
  { budget, callBudget, maxCallMs, now }: ReservationDeps,
): Reservation {
  return {
    async reserve({ keyName, callId, agent, to: number, minutes: granted }) {
      const accounts = callBudget.accountsOf({ direction: "outbound", keyName, number });
      const minutes = granted ?? maxCallMs / 60_000;
      if (accounts.length === 0) return { ok: true, minutes };
      // Near the end of the day's minutes a call is given those that are left, and not refused.
      const decision = await budget.reserve({
        callId,
        accounts,
        minutes,
        leastMinutes: granted ?? Math.min(1, minutes),
        usd: callBudget.firstUsd(agent),
        leastUsd: 0,
        holdMs: maxCallMs + MARGIN_MS,
      }, now());
      if (!decision.ok) callBudget.recordRefusal(decision);
      return decision;
    },
    release: (callId) => budget.release(callId),
  };
}
