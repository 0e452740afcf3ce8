import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import { newId } from "../../utils/ids.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import { type Budget, type BudgetAccount, untilTomorrow } from "../store.ts";
import type { CallAccounts } from "./callAccounts.ts";
import { type Prices, textModelUsd } from "./pricing.ts";
import { serverDollars } from "./serverDollars.ts";

export interface AnalysisSpendingDeps extends Pick<Clock, "now"> {
  readonly budget: Pick<Budget, "reserve" | "settle">;
  readonly accountsOf: CallAccounts;
  readonly settings: Pick<Settings, "analysis"> & {
    readonly limits: Pick<Settings["limits"], "server">;
  };
  readonly prices: Prices;
  readonly incidents: Pick<Incidents, "report">;
  readonly log: Pick<Log, "warn">;
}

/** Tokens that a text model has read and written; the cached ones are part of the input. */
export interface TextUsage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

/** What the analysis of calls uses, which has a limit of its own and counts for that of the server. */
export type AnalysisSpending = ReturnType<typeof createAnalysisSpending>;

const HOLD_MS = 10 * 60_000;
/** Below this it is not worth a request. */
const LEAST_USD = 0.0001;

export function createAnalysisSpending(
  { budget, accountsOf, settings, prices, incidents, now, log }: AnalysisSpendingDeps,
) {
  const { analysis, limits } = settings;
  const usdOf = (model: string, usage: TextUsage) => textModelUsd({ model, ...usage }, prices);
  const isUnpriced = analysis !== undefined &&
    usdOf(analysis.model, { inputTokens: 1, cachedTokens: 0, outputTokens: 1 }) === null;
  if (isUnpriced && (analysis.dailyUsd ?? limits.server.dailyUsd) !== undefined) {
    incidents.report({
      code: "price_unknown",
      subject: "analysis",
      message: `The price of ${analysis.model} is not known: no limit in dollars holds for ` +
        "ANALYSIS_MODEL. Set the price under text with PRICES_FILE, 0 where it costs nothing.",
      expiresAfterMs: Infinity,
    });
  }

  return {
    /** Whether a model is set whose price is not known: no limit in dollars holds for it. */
    isUnpriced,
    /** Null where the model's price is not known. */
    usdOf,
    /** Reserves what an attempt may use. Undefined where a limit of the day is used up. */
    async reserve(model: string, most: TextUsage) {
      const accounts = accountsNow();
      const id = newId("analysis");
      const usd = usdOf(model, most) ?? 0;
      if (accounts.length > 0) {
        const leastUsd = Math.min(usd, LEAST_USD);
        const request = { callId: id, accounts, minutes: 0, usd, leastUsd, holdMs: HOLD_MS };
        const decision = await budget.reserve(request, now());
        if (!decision.ok) return void refused(decision.scope);
      }
      return {
        /** `isAll`: the endpoint has told of every request what it used. */
        async settle(usd: number | null, { isAll }: { readonly isAll: boolean }): Promise<void> {
          if (accounts.length === 0) return;
          await budget.settle(id, { minutes: 0, usd: usd ?? 0, leastUsd: !isAll })
            .catch((error) => log.warn("Analysis not settled", { error }));
        },
      };
    },
  };

  function accountsNow(): readonly BudgetAccount[] {
    const limits = present({ dailyUsd: analysis?.dailyUsd });
    const dollars = serverDollars(accountsOf);
    return limits.dailyUsd === undefined
      ? dollars
      : [{ scope: "analysis", subject: "", limits }, ...dollars];
  }

  function refused(scope: string): void {
    incidents.report({
      code: "analysis_limit",
      message: `Calls are not analysed until midnight UTC: ${
        scope === "analysis" ? "ANALYSIS_DAILY_USD" : "DAILY_USD"
      } is used up.`,
      expiresAfterMs: untilTomorrow(now()),
    });
  }
}
