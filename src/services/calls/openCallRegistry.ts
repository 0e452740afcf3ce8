import { createRegistry } from "../../call/registry.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { newId } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { EventHub } from "../events.ts";
import type { Engine } from "../openai.ts";
import type { CallJournals } from "../records.ts";
import type { TransferPolicy } from "../spending.ts";
import type { Store } from "../store.ts";
import { createAllAgentTools, createCallSigner } from "../tools.ts";
import { createCallSetup } from "./callSetup.ts";
import { DigitSender } from "./digitSender.ts";
import { createDoNotCallRequests } from "./doNotCallRequests.ts";
import { createSessionPorts } from "./sessionPorts.ts";

export interface CallRegistryDeps {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly store: Pick<Store, "clock" | "doNotCall">;
  readonly transfers: Pick<TransferPolicy, "mayDial">;
  readonly engine: Pick<Engine, "open">;
  readonly events: EventHub;
  readonly journals: CallJournals | undefined;
  /** Keys the pseudonyms of callers. */
  readonly pseudonymSecret: string;
  readonly log: Log;
}

/**
 * Opens the registry of this process's live calls, with agents and their tools, and the sender of DTMF digits
 * into them. Throws `AgentsError` where the default agent is missing.
 */
export function openCallRegistry(deps: CallRegistryDeps) {
  const { settings, agents, store, transfers, engine, events, journals, log } = deps;
  const { doNotCall, clock: { now } } = store;
  const digits = new DigitSender(log);
  const signCall = createCallSigner({ secrets: settings.signingSecrets, now: Date.now });
  const tools = createAllAgentTools(agents, {
    defaultAgent: settings.agents.default,
    services: {
      mayTransfer: transfers.mayDial,
      putOnDoNotCallList: createDoNotCallRequests({ doNotCall, now, log }),
      ...present({ signCall }),
    },
    log,
  });
  const registry = createRegistry({
    maxCalls: settings.limits.calls,
    newId: () => newId("call"),
    describe: createCallSetup(settings, {
      agents,
      tools,
      pseudonymSecret: deps.pseudonymSecret,
      now: () => new Date(),
    }),
    ports: createSessionPorts({
      openModel: engine.open,
      agents,
      tools,
      events,
      log,
      digits,
      ...present({ journal: journals?.write }),
    }),
  });
  return { registry, digits };
}
