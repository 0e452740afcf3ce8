import type { Agent, Agents, AgentSet } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import { newToken } from "../../utils/ids.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { Store } from "../store.ts";
import { createAnalysisSpending } from "./analysisSpending.ts";
import { createAsideSpending } from "./asideSpending.ts";
import {
  createIsPriced,
  createModelsOf,
  findUnpriced,
  findUnpricedLimits,
} from "./billedModels.ts";
import { ACCOUNT_SECRET, createCallAccounts } from "./callAccounts.ts";
import { createCallBudget } from "./callBudget.ts";
import { createEmbeddingSpending } from "./embeddingSpending.ts";
import type { DialPolicy } from "./dialPolicy.ts";
import { loadDialPolicy } from "./loadDialPolicy.ts";
import { OptOutKeeper } from "./optOutKeeper.ts";
import type { Prices } from "./pricing.ts";
import { createTextSpending } from "./textSpending.ts";
import { createTransferDials } from "./transferDials.ts";
import { createTransferPolicy } from "./transferPolicy.ts";

export interface SpendingDeps extends Clock {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly store: Store;
  readonly prices: Prices;
  readonly incidents: Incidents;
  readonly log: Log;
  readonly onEmbedded?: ((usd: number) => void) | undefined;
}

/** What may be dialled, and what calls may use. */
export type Spending = Awaited<ReturnType<typeof openSpending>>;

/**
 * Opens the limits, and checks the numbers of all transfers; reports an incident for each agent whose
 * prices are not known.
 */
export async function openSpending(
  { settings, agents, store, prices, incidents, now, setTimer, log, onEmbedded }: SpendingDeps,
) {
  const { limits: { callUsd, server }, phone } = settings;
  const reportUnpriced = createUnpricedReports(incidents);
  const findUnpricedNow = () =>
    callUsd ?? server.dailyUsd ? findUnpriced(settings, agents, prices) : new Map();
  reportUnpriced(findUnpricedNow());
  const accountSecret = await store.keyValues.getOrSet(ACCOUNT_SECRET, newToken());
  const accountsOf = createCallAccounts(settings, accountSecret);
  const isPriced = createIsPriced(agents, settings, prices);
  const modelsOf = createModelsOf(agents, settings);
  let loading: Promise<DialPolicy> | undefined;
  const optOuts = new OptOutKeeper({ doNotCall: store.doNotCall, setTimer, log });
  const transfers = createTransferPolicy({
    policy,
    hasPhone: phone !== undefined,
    sipHosts: settings.outbound.sipHosts,
    dials: createTransferDials({
      budget: store.budget,
      limits: settings.limits,
      newId: () => `dial_${newToken()}`,
      now,
      setTimer,
      log,
    }),
    now,
    log,
  });
  if (phone !== undefined) await policy();
  await transfers.check(agents);
  agents.addCheck((agent) =>
    findUnpricedLimits(settings, findUnpriced(settings, only(agent), prices))
      .map((message) => ({ path: "model", message }))
  );
  agents.onChange(() => {
    reportUnpriced(findUnpricedNow());
    transfers.check(agents).catch((error) => log.warn("Transfers not checked", { error }));
  });
  const spendingDeps = {
    budget: store.budget,
    accountsOf,
    settings,
    prices,
    incidents,
    now,
    log,
  };
  return {
    callBudget: createCallBudget({
      budget: store.budget,
      accountsOf,
      isPriced,
      ...present({ callUsd }),
      attemptsOf: (agent) => agents.get(agent)?.outbound?.attempts_per_day,
      offsetAt: async (number, at) => (await policy()).offsetAt(number, at),
      incidents,
      now,
      setTimer,
      log,
    }),
    policy,
    transfers,
    optOuts,
    addressOf: (agent: string, alias: string, target?: number) =>
      transfers.addressOf(agents.get(agent), alias, target),
    modelsOf,
    analysisSpending: createAnalysisSpending(spendingDeps),
    embeddingSpending: createEmbeddingSpending({ ...spendingDeps, onEmbedded }),
    textSpending: createTextSpending({
      budget: store.budget,
      accountsOf,
      settings,
      secret: accountSecret,
      now,
      log,
    }),
    asideSpending: createAsideSpending({
      budget: store.budget,
      accountsOf,
      modelsOf,
      isPriced,
      prices,
      now,
      log,
    }),
  };

  function policy(): Promise<DialPolicy> {
    return loading ??= loadDialPolicy(settings, {
      doNotCall: optOuts,
      rulesOf: (agent) => agents.get(agent)?.outbound,
    }, now());
  }
}

/** Tells of agents for which only the limits in minutes hold, until their prices are known. */
function createUnpricedReports(incidents: Pick<Incidents, "report" | "resolve">) {
  let told: ReadonlyMap<string, readonly string[]> = new Map();
  return function report(unpriced: ReadonlyMap<string, readonly string[]>): void {
    for (const agent of told.keys()) {
      if (!unpriced.has(agent)) incidents.resolve("price_unknown", agent);
    }
    for (const [agent, models] of unpriced) {
      if (told.get(agent)?.join() === models.join()) continue;
      incidents.report({
        code: "price_unknown",
        subject: agent,
        message:
          `The price of ${
            models.join(" and ")
          } is not known: only limits in minutes hold for this ` +
          "agent. Set the price with PRICES_FILE.",
        expiresAfterMs: Infinity,
      });
    }
    told = unpriced;
  };
}

function only(agent: Agent): Pick<AgentSet, "names" | "get"> {
  return { names: [agent.name], get: () => agent };
}
