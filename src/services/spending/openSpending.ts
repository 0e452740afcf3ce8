import type { Agents } from "../../config/agents.ts";
import type { CallRequest } from "../../call/types.ts";
import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import type { Store } from "../store.ts";
import type { CallBudget } from "./callBudget.ts";
import { type CallModels, createModelsOf } from "./callModels.ts";
import type { DialPolicy } from "./dialPolicy.ts";
import { openCallBudget } from "./openCallBudget.ts";
import { openDialPolicy } from "./openDialPolicy.ts";
import { createTransferPolicy, type TransferPolicy } from "./transferPolicy.ts";

/** What may be dialled, and what calls may use. */
export interface Spending {
  readonly budget: CallBudget;
  readonly policy: () => Promise<DialPolicy>;
  readonly transfers: TransferPolicy;
  readonly modelsOf: (request: Pick<CallRequest, "agent">) => CallModels;
}

export interface SpendingDeps extends Clock {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly store: Store;
  /** The models without a known price, by the name of the agent that uses them. */
  readonly unpriced: ReadonlyMap<string, readonly string[]>;
  readonly incidents: Incidents;
  readonly log: Log;
}

/** Opens the limits, and checks the numbers of all transfers. */
export async function openSpending(
  { settings, agents, store, unpriced, incidents, now, setTimer, log }: SpendingDeps,
): Promise<Spending> {
  const policy = openDialPolicy(settings, store.doNotCall);
  return {
    budget: await openCallBudget({ settings, unpriced, store, incidents, setTimer, log }),
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
