import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import { newId } from "../../utils/ids.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import { type Budget, untilTomorrow } from "../store.ts";
import type { CallAccounts } from "./callAccounts.ts";
import { type Prices, textModelUsd } from "./pricing.ts";
import { serverDollars } from "./serverDollars.ts";

export interface EmbeddingSpendingDeps extends Pick<Clock, "now"> {
  readonly budget: Pick<Budget, "reserve" | "settle">;
  readonly accountsOf: CallAccounts;
  readonly settings: Pick<Settings, "embeddings">;
  readonly prices: Prices;
  readonly incidents: Pick<Incidents, "report">;
  readonly log: Pick<Log, "warn">;
  /** Told what each request has cost, where its model's price is known. */
  readonly onEmbedded?: ((usd: number) => void) | undefined;
}

/** What vectors of documents and questions cost, which counts for the server's limit. */
export type EmbeddingSpending = ReturnType<typeof createEmbeddingSpending>;

const HOLD_MS = 5 * 60_000;
/** The least that is counted: a question costs less. */
const LEAST_USD = 0.000001;

export function createEmbeddingSpending(
  { budget, accountsOf, settings: { embeddings }, prices, incidents, now, log, onEmbedded }:
    EmbeddingSpendingDeps,
) {
  const accounts = serverDollars(accountsOf);
  if (embeddings !== undefined && accounts.length > 0 && usdOf(1) === null) {
    incidents.report({
      code: "price_unknown",
      subject: "embeddings",
      message: `The price of ${embeddings.model} is not known: DAILY_USD does not hold for ` +
        "KNOWLEDGE_EMBEDDINGS_MODEL. Set the price under text with PRICES_FILE, 0 where it costs nothing.",
      expiresAfterMs: Infinity,
    });
  }

  return {
    /** Reserves so many tokens. Undefined where the limit is used up; rejects where the store does not answer. */
    async reserve(tokens: number) {
      if (accounts.length === 0) {
        return {
          settle(tokens: number): Promise<void> {
            onEmbedded?.(usdOf(tokens) ?? 0);
            return Promise.resolve();
          },
        };
      }
      const id = newId("embedding");
      const usd = usdOf(tokens) ?? 0;
      const request = { callId: id, accounts, minutes: 0, usd, holdMs: HOLD_MS };
      if (!(await budget.reserve(request, now())).ok) return void refused();
      return {
        /** Never rejects. */
        async settle(tokens: number): Promise<void> {
          const usd = usdOf(tokens) ?? 0;
          onEmbedded?.(usd);
          await budget.settle(id, { minutes: 0, usd })
            .catch((error) => log.warn("Embeddings not settled", { error }));
        },
      };
    },
  };

  function usdOf(tokens: number): number | null {
    if (tokens === 0) return 0;
    const model = embeddings?.model ?? "";
    const free = textModelUsd({ model, ...usageOf(1_000_000) }, prices) === 0;
    const usd = textModelUsd({ model, ...usageOf(tokens) }, prices);
    return usd === null || free ? usd : Math.max(usd, LEAST_USD);
  }

  function refused(): void {
    incidents.report({
      code: "knowledge_embeddings_limit",
      message:
        "Documents are searched by their words alone until midnight UTC: DAILY_USD is used up.",
      expiresAfterMs: untilTomorrow(now()),
    });
  }
}

function usageOf(inputTokens: number) {
  return { inputTokens, cachedTokens: 0, outputTokens: 0 };
}
