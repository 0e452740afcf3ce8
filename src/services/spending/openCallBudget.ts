import type { Settings } from "../../config/settings.ts";
import { newToken } from "../../utils/ids.ts";
import { type CallBudget, type CallBudgetDeps, createCallBudget } from "./callBudget.ts";
import { createCallAccounts } from "./callAccounts.ts";
import type { Store } from "../store.ts";
import { present } from "../../utils/present.ts";

export interface OpenCallBudgetDeps extends Pick<CallBudgetDeps, "incidents" | "setTimer" | "log"> {
  readonly settings: Settings;
  /** The models without a known price, by the name of the agent that uses them. */
  readonly unpriced: ReadonlyMap<string, readonly string[]>;
  readonly store: Pick<Store, "budget" | "clock" | "keyValues">;
}

/** Creates the limits of the settings; reports an incident for each agent whose prices are not known. */
export async function openCallBudget(
  { settings, unpriced, store, ...deps }: OpenCallBudgetDeps,
): Promise<CallBudget> {
  const { limits: { callUsd, server } } = settings;
  // For such agents only the limits in minutes hold.
  for (const [agent, models] of callUsd ?? server.dailyUsd ? unpriced : []) {
    deps.incidents.report({
      code: "price_unknown",
      subject: agent,
      message:
        `The price of ${models.join(" and ")} is not known: only limits in minutes hold for this ` +
        "agent. Tell the price with PRICES_FILE.",
      expiresAfterMs: Infinity,
    });
  }
  return createCallBudget({
    ...deps,
    budget: store.budget,
    accountsOf: createCallAccounts(settings, await store.keyValues.getOrSet(SECRET, newToken())),
    isPriced: (agent) => !unpriced.has(agent),
    ...present({ callUsd }),
    now: store.clock.now,
  });
}

/** The name of the secret that keys the pseudonyms of numbers and addresses. */
const SECRET = "account_key";
