import { type BudgetAccount, type BudgetRefusal, isOnlyReserved } from "../store.ts";
import { present } from "../../utils/present.ts";

/** A refusal with what its limit allows; `attempts` are those a day that the agent may make to the number. */
export function withFigures(
  refusal: BudgetRefusal,
  accounts: readonly BudgetAccount[],
  { attempts, at }: { readonly attempts?: number | undefined; readonly at: number },
): BudgetRefusal {
  const { scope, limit, retryAfterMs } = refusal;
  const most = accounts.find((account) => account.scope === scope)?.limits[limit];
  return {
    ...refusal,
    ...present({ most }),
    // Where calls only hold minutes, some may become free at any time.
    ...(limit.startsWith("daily") && !isOnlyReserved(refusal) && { againAt: at + retryAfterMs }),
    ...(scope === "number" && attempts !== undefined && attempts === most && { isAgents: true }),
  };
}
