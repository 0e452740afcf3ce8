import type { CallRegistry } from "../call/callSession.ts";
import type { Agents } from "../config/agents.ts";
import type { Settings } from "../config/settings.ts";
import { isPhoneNumber } from "../utils/phoneNumber.ts";
import type { SpendingPolicy } from "./spending.ts";
import type { DoNotCallList } from "./store/doNotCall.ts";
import { createTransfers, type Transfers } from "./transfers.ts";

/** What keeps the server from calling whom it should not. */
export interface Safety {
  readonly policy: () => Promise<SpendingPolicy>;
  readonly transfers: Transfers;
  /** False where the call has no number. */
  putOnDoNotCallList(callId: string, agent: string): Promise<boolean>;
}

export interface SafetyDeps {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly doNotCall: DoNotCallList;
  /** Asked for late: the registry is made after the tools that its calls need. */
  readonly registry: () => Pick<CallRegistry, "get">;
  readonly now: () => number;
  readonly log: { warn(message: string, fields: Readonly<Record<string, unknown>>): void };
}

export async function createSafety(deps: SafetyDeps): Promise<Safety> {
  const { settings: { outbound, phone }, agents, doNotCall, registry, now, log } = deps;
  let made: Promise<SpendingPolicy> | undefined;
  const policy = () => made ??= make();

  // The numbering plans of the world take time to load, and most runs never dial.
  async function make(): Promise<SpendingPolicy> {
    const { createSpendingPolicy } = await import("./spending.ts");
    return createSpendingPolicy({ ...outbound, ownNumber: phone?.number ?? "" }, doNotCall);
  }

  return {
    policy,
    transfers: await createTransfers(
      phone === undefined ? { names: [], get: () => undefined } : agents,
      policy,
      (refusal) => log.warn("Transfer will be refused", { ...refusal }),
      now,
    ),
    async putOnDoNotCallList(callId, agent) {
      const number = registry().get(callId)?.request.caller ?? "";
      if (!isPhoneNumber(number)) return false;
      await doNotCall.add({ number, addedAt: now(), addedBy: agent, reason: "asked in a call" });
      return true;
    },
  };
}
