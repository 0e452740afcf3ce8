import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import {
  type BudgetLimit,
  type BudgetRefusal,
  type BudgetScope,
  isOnlyReserved,
} from "../store.ts";

export interface BudgetRefusalsDeps {
  readonly incidents: Pick<Incidents, "report">;
  readonly log: Pick<Log, "warn">;
}

export interface RefusalCount {
  readonly scope: BudgetScope;
  readonly limit: BudgetLimit;
  readonly count: number;
}

/** Logs and counts the calls that limits have refused; reports an incident for a daily limit of the operator's. */
export class BudgetRefusals {
  readonly #deps: BudgetRefusalsDeps;
  readonly #counts = new Map<string, RefusalCount>();

  constructor(deps: BudgetRefusalsDeps) {
    this.#deps = deps;
  }

  /** By scope and limit. */
  get counts(): ReadonlyMap<string, RefusalCount> {
    return this.#counts;
  }

  /** Returns the refusal. */
  record(refusal: BudgetRefusal): BudgetRefusal {
    const { incidents, log } = this.#deps;
    const { scope, limit, retryAfterMs } = refusal;
    const key = `${scope} ${limit}`;
    this.#counts.set(key, { scope, limit, count: (this.#counts.get(key)?.count ?? 0) + 1 });
    log.warn("Call refused by a limit", { scope, limit });
    // The daily limit of a single caller or number is no incident.
    if (limit.startsWith("daily") && operators.has(scope) && !isOnlyReserved(refusal)) {
      incidents.report({
        code: "budget_exhausted",
        subject: scope,
        message: `Calls are refused until midnight UTC: ${limit} of the ${scope} is used up.`,
        expiresAfterMs: retryAfterMs,
      });
    }
    return refusal;
  }
}

const operators: ReadonlySet<BudgetScope> = new Set([
  ...["server", "inbound", "key", "outbound", "public_key"] as const,
]);

/** The error code of a refusal. */
export function limitCode(
  refusal: Pick<BudgetRefusal, "scope" | "limit" | "minutes">,
): string {
  const { scope, limit } = refusal;
  switch (limit) {
    case "perMinute":
      return "rate_limited";
    case "concurrent":
      return "too_many_calls";
    case "dailyCalls":
      return scope === "number" ? "number_called_enough" : "daily_calls_used";
    case "dailyMinutes":
      if (isOnlyReserved(refusal)) return "daily_minutes_reserved";
      return scope === "outbound" ? "daily_minutes_used" : "budget_exhausted";
    case "dailyUsd":
      return scope === "outbound" ? "daily_usd_used" : "budget_exhausted";
  }
}
