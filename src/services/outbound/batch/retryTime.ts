import type { DialPolicy } from "../../spending.ts";
import type { BatchAttempts } from "../../store.ts";
import type { BatchRetry } from "./batchPlan.ts";

/**
 * When the item of a call that is over is dialled again; undefined where no rule asks for it any more.
 * Rules are looked at in their order, the first that names the outcome counts.
 */
export function retryTime(
  { number, outcome, attempts: { outcomes, triedAt }, rules, now, policy }: {
    readonly number: string;
    readonly outcome: string | undefined;
    readonly attempts: Pick<BatchAttempts, "outcomes" | "triedAt">;
    readonly rules: readonly BatchRetry[];
    readonly now: number;
    readonly policy: Pick<DialPolicy, "otherPartOfDay">;
  },
): number | undefined {
  const rule = rules.find(({ on }) => namesOf(on).some((name) => name === outcome));
  if (rule === undefined || outcomes.length + 1 >= MAX_ATTEMPTS) return undefined;
  const names: readonly string[] = namesOf(rule.on);
  const tried = outcomes.filter((earlier) => names.includes(earlier)).length;
  if (tried >= rule.times) return undefined;
  const at = now + rule.afterMinutes * 60_000;
  return rule.otherTimeOfDay === true ? policy.otherPartOfDay(number, triedAt, at) : at;
}

/** Of one item, whatever its rules say. */
const MAX_ATTEMPTS = 20;

function namesOf(on: BatchRetry["on"]) {
  return typeof on === "string" ? [on] : on;
}
