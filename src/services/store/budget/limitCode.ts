import type { BudgetRefusal } from "./budgetTypes.ts";

/** The error code of a refusal. */
export function limitCode({ scope, limit }: Pick<BudgetRefusal, "scope" | "limit">): string {
  switch (limit) {
    case "perMinute":
      return "rate_limited";
    case "concurrent":
      return "too_many_calls";
    case "dailyCalls":
      return "number_called_enough";
    case "dailyMinutes":
      return scope === "outbound" ? "daily_minutes_used" : "budget_exhausted";
    case "dailyUsd":
      return scope === "outbound" ? "daily_usd_used" : "budget_exhausted";
  }
}
