import type { CallBudget } from "../spending.ts";
import type { Budget, BudgetRefusal } from "../store.ts";
import type { OutboundJob } from "./outboundJob.ts";

/** How long the call may last, or which limit refuses it. */
export type ReservationDecision = { readonly ok: true; readonly minutes: number } | BudgetRefusal;

export interface ReservationDeps {
  readonly budget: Pick<Budget, "reserve" | "release">;
  readonly callBudget: Pick<CallBudget, "accountsOf" | "firstUsd" | "recordRefusal">;
  readonly maxCallMs: number;
  readonly now: () => number;
}

/** How long a reservation outlasts the longest call: ringing, late callbacks, finalizing. */
const MARGIN_MS = 5 * 60_000;

/** Reserves minutes and money for a placed call before it is dialled. */
export class Reservation {
  readonly #deps: ReservationDeps;

  constructor(deps: ReservationDeps) {
    this.#deps = deps;
  }

  /** Reserving again for the same call adds nothing. */
  async reserve(
    { keyName, callId, agent, to: number, minutes: granted }: OutboundJob,
  ): Promise<ReservationDecision> {
    const { budget, callBudget, maxCallMs, now } = this.#deps;
    const accounts = callBudget.accountsOf({ direction: "outbound", keyName, number });
    const minutes = granted ?? maxCallMs / 60_000;
    if (accounts.length === 0) return { ok: true, minutes };
    // A call gets what is left of the daily minutes, and is refused below one minute.
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
  }

  release(callId: string): Promise<void> {
    return this.#deps.budget.release(callId);
  }
}
