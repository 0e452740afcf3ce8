import type { BudgetAccount } from "../store.ts";
import type { CallAccounts } from "./callAccounts.ts";

/** The server's account with its limit in dollars alone: the minutes of calls bound nothing else. */
export function serverDollars(accountsOf: CallAccounts): readonly BudgetAccount[] {
  return accountsOf({ direction: "web" }).flatMap((account) =>
    account.scope !== "server" || account.limits.dailyUsd === undefined
      ? []
      : [{ ...account, limits: { dailyUsd: account.limits.dailyUsd } }]
  );
}
