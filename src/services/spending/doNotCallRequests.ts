import type { CallRegistry } from "../../call/sessionApi.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";
import type { SpendingPolicy } from "./dialPolicy.ts";
import type { DoNotCallList } from "../store.ts";
import type { PutOnDoNotCallList } from "../tools.ts";
import { createTransfers, type Transfers } from "./transferPolicy.ts";
import type { Log } from "../../utils/logger.ts";

/** What keeps the server from calling whom it should not. */
export interface Safety {
  readonly policy: () => Promise<SpendingPolicy>;
  readonly transfers: Transfers;
  readonly putOnDoNotCallList: PutOnDoNotCallList;
}

export interface SafetyDeps {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly doNotCall: DoNotCallList;
  /** Asked for late: the registry is made after the tools that its calls need. */
  readonly registry: () => Pick<CallRegistry, "get">;
  readonly now: () => number;
  readonly log: Pick<Log, "warn">;
}

export async function createSafety(deps: SafetyDeps): Promise<Safety> {
  const { settings: { outbound, phone }, agents, doNotCall, registry, now, log } = deps;
  let made: Promise<SpendingPolicy> | undefined;
  const policy = () => made ??= make();

  // The numbering plans of the world take time to load, and most runs never dial.
  async function make(): Promise<SpendingPolicy> {
    const { createSpendingPolicy } = await import("./dialPolicy.ts");
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
      const request = registry().get(callId)?.request;
      const number = request?.caller ?? "";
      if (!isPhoneNumber(number)) return "number_unknown";
      const isProven = request?.direction === "outbound" || request?.callerProven === true;
      if (!isProven && await doNotCall.count(UNPROVEN, now() - DAY_MS) >= MAX_UNPROVEN_DAILY) {
        log.warn("Do-not-call request not taken: too many from unproven numbers", { callId });
        return "too_many_unproven";
      }
      const reason = isProven ? "asked in a call" : UNPROVEN;
      await doNotCall.add({ number, addedAt: now(), addedBy: agent, reason });
      return "listed";
    },
  };
}

/** Callers can forge their number, and take people off whom the operator is to call. */
const UNPROVEN = "asked in a call from a number that the phone network does not vouch for";
const MAX_UNPROVEN_DAILY = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
