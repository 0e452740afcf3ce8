import type { Settings } from "../../config/settings.ts";
import { newId, newToken } from "../../utils/ids.ts";
import type { BudgetRefusal, Store } from "../store.ts";
import { limitCode } from "./budgetRefusals.ts";
import { ACCOUNT_SECRET, createCallAccounts } from "./callAccounts.ts";
import type { DialPolicy } from "./dialPolicy.ts";

export interface CommandCallDeps {
  readonly settings: Settings;
  readonly store: Pick<Store, "budget" | "keyValues" | "clock">;
  readonly policy: Pick<DialPolicy, "offsetAt">;
  /** Counted as an API key of this name. */
  readonly keyName: string;
}

/** A call that is counted; absent minutes for one that was never placed. */
export type Settle = (spent?: { readonly minutes: number; readonly usd: number }) => Promise<void>;

export type CommandCall =
  | { readonly ok: true; readonly settle: Settle }
  | {
    readonly ok: false;
    readonly sentence: string;
    readonly code: string;
    /** Where a limit a minute is in the way, or another call. */
    readonly retryAfterMs?: number;
  };

const MARGIN_MS = 5 * 60_000;

/** Counts calls that a command places by itself in the accounts of those that servers place. */
export async function openCommandCalls(
  { settings, store: { budget, keyValues, clock }, policy, keyName }: CommandCallDeps,
) {
  const secret = await keyValues.getOrSet(ACCOUNT_SECRET, newToken());
  const accountsOf = createCallAccounts(settings, secret);
  return async (
    call: { readonly to: string; readonly maxMs: number; readonly usd: number },
  ): Promise<CommandCall> => {
    const { to, maxMs, usd } = call;
    const callId = newId("command");
    const at = clock.now();
    const dayOffsetMs = policy.offsetAt(to, at);
    const accounts = accountsOf({ direction: "outbound", keyName, number: to })
      .map((account) => account.scope === "number" ? { ...account, dayOffsetMs } : account);
    const request = { callId, accounts, minutes: maxMs / 60_000, usd, holdMs: maxMs + MARGIN_MS };
    const decision = await budget.reserve(request, at);
    if (!decision.ok) return refused(decision);
    return {
      ok: true,
      settle: (spent) =>
        spent === undefined ? budget.release(callId) : budget.settle(callId, spent),
    };
  };
}

function refused(refusal: BudgetRefusal): CommandCall {
  const { limit, retryAfterMs } = refusal;
  return {
    ok: false,
    sentence: `${settingOf(refusal)} leaves no room for it.`,
    code: limitCode(refusal),
    ...(!limit.startsWith("daily") && { retryAfterMs }),
  };
}

function settingOf({ scope, limit }: BudgetRefusal): string {
  const of = scope === "server" ? "" : scope === "key" ? "KEY_" : "OUTBOUND_";
  switch (limit) {
    case "dailyCalls":
      return "OUTBOUND_PER_NUMBER_DAILY";
    case "dailyMinutes":
      return `${of}DAILY_MINUTES`;
    case "dailyUsd":
      return `${of}DAILY_USD`;
    case "perMinute":
      return "OUTBOUND_PER_MINUTE";
    case "concurrent":
      return "OUTBOUND_CONCURRENT";
  }
}
