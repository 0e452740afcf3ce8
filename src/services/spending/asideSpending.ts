import type { TokenUsage } from "../../call/realtimeClient.ts";
import type { Clock } from "../../utils/clock.ts";
import { newId } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import { type Budget, noUsage } from "../store.ts";
import type { CallModels } from "./billedModels.ts";
import type { CallAccounts } from "./callAccounts.ts";
import { STRETCH } from "./callBudget.ts";
import { addUsage, usageOfResponse } from "./callUsage.ts";
import { costOf, type Prices } from "./pricing.ts";

export interface AsideSpendingDeps extends Pick<Clock, "now"> {
  readonly budget: Pick<Budget, "reserve" | "settle">;
  readonly accountsOf: CallAccounts;
  readonly modelsOf: (request: { readonly agent: string }) => CallModels;
  readonly isPriced: (request: { readonly agent: string }) => boolean;
  readonly prices: Prices;
  readonly log: Pick<Log, "warn">;
}

/** What the server uses beside all calls, which counts for its limits of the day. */
export type AsideSpending = ReturnType<typeof createAsideSpending>;

const HOLD_MS = 60_000;

export function createAsideSpending(
  { budget, accountsOf, modelsOf, isPriced, prices, now, log }: AsideSpendingDeps,
) {
  return {
    /** Undefined where a limit is used up. Rejects where the store does not answer. */
    async reserve(agent: string) {
      const accounts = accountsOf({ direction: "web" }).filter(({ scope }) => scope === "server");
      const id = newId("aside");
      const usd = isPriced({ agent }) ? STRETCH.usd : 0;
      const decision = accounts.length === 0 ? { ok: true } : await budget.reserve(
        { callId: id, accounts, minutes: 0, usd, leastUsd: usd > 0 ? 0.001 : 0, holdMs: HOLD_MS },
        now(),
      );
      if (!decision.ok) return undefined;
      return {
        async settle(responses: readonly TokenUsage[]): Promise<void> {
          if (accounts.length === 0) return;
          const usage = responses.map(usageOfResponse).reduce(addUsage, noUsage);
          const { model } = modelsOf({ agent });
          const { usd } = costOf({ usage, model }, prices);
          await budget.settle(id, { minutes: 0, usd: usd ?? 0 })
            .catch((error) => log.warn("Recording not settled", { error }));
        },
      };
    },
  };
}
