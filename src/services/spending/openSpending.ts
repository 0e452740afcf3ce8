import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import type { Store } from "../store.ts";
import { createModelsOf } from "./callModels.ts";
import { openCallBudget } from "./openCallBudget.ts";
import { openDialPolicy } from "./openDialPolicy.ts";
import { createTransferPolicy } from "./transferPolicy.ts";

export interface SpendingDeps extends Clock {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly store: Store;
  /** The models without a known price, by the name of the agent that uses them. */
  readonly unpriced: ReadonlyMap<string, readonly string[]>;
  readonly incidents: Incidents;
  readonly log: Log;
}

/** What may be dialled, and what calls may use. */
export type Spending = Awaited<ReturnType<typeof openSpending>>;

/** Opens the limits, and checks the numbers of all transfers. */
export async function openSpending(
  { settings, agents, store, unpriced, incidents, now, setTimer, log }: SpendingDeps,
) {
  const policy = openDialPolicy(settings, store.doNotCall);
  return {
    callBudget: await openCallBudget({ settings, unpriced, store, incidents, setTimer, log }),
    policy,
    transfers: await createTransferPolicy(
      settings.phone === undefined ? { names: [], get: () => undefined } : agents,
      policy,
      (refusal) => log.warn("Transfer will be refused", { ...refusal }),
      now,
    ),
    modelsOf: createModelsOf(agents, settings),
  };
}
