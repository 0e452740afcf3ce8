import type { Agent, AgentSet } from "../../config/agents.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import type { DialDecision, DialPolicy } from "./dialPolicy.ts";

export interface TransferPolicyDeps extends Pick<Clock, "now"> {
  readonly policy: () => Promise<DialPolicy>;
  /** Without a phone nothing is dialled. */
  readonly hasPhone: boolean;
  readonly log: Pick<Log, "warn">;
}

/** The part of an agent's definition that says where its calls may go; of an unknown agent nothing. */
export type Transferring = Pick<Agent, "transfers"> | undefined;

/** Which numbers agents may transfer callers to, by the rules of `DialPolicy`. */
export type TransferPolicy = ReturnType<typeof createTransferPolicy>;

export function createTransferPolicy({ policy, hasPhone, now, log }: TransferPolicyDeps) {
  const checked = new WeakSet<Agent>();
  return {
    /** Whether the agent may transfer to the alias now, and to which number. */
    decide,
    /** Where a transfer goes, allowed or not; undefined for an alias that is unknown. */
    numberOf,
    mayDial: async (agent: Transferring, alias: string) => (await decide(agent, alias)).ok,
    /** Warns of numbers that will never be dialled, once for each definition of an agent. */
    async check(agents: Pick<AgentSet, "names" | "get">): Promise<void> {
      if (!hasPhone) return;
      for (const agent of agents.names) {
        const definition = agents.get(agent);
        if (definition === undefined || checked.has(definition)) continue;
        checked.add(definition);
        for (const [alias, { number }] of Object.entries(definition.transfers)) {
          const decision = (await policy()).checkNumber(number);
          if (decision.ok) continue;
          log.warn("Transfer will be refused", { agent, alias, code: decision.code });
        }
      }
    },
  };

  function numberOf(agent: Transferring, alias: string): string | undefined {
    const transfers = agent?.transfers ?? {};
    return hasPhone && Object.hasOwn(transfers, alias) ? transfers[alias]?.number : undefined;
  }

  async function decide(agent: Transferring, alias: string): Promise<DialDecision> {
    const number = numberOf(agent, alias);
    return number === undefined ? unknownAlias : await (await policy()).check(number, now());
  }
}

const unknownAlias: DialDecision = {
  ok: false,
  kind: "forbidden",
  code: "number_not_allowed",
  sentence: "The agent has no transfer of that name.",
};
