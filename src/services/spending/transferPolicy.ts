import type { Agents } from "../../config/agents.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import type { DialDecision, DialPolicy } from "./dialPolicy.ts";

export interface TransferPolicyDeps extends Pick<Clock, "now"> {
  readonly agents: Pick<Agents, "names" | "get">;
  readonly policy: () => Promise<DialPolicy>;
  readonly log: Pick<Log, "warn">;
}

/** Which numbers agents may transfer callers to, by the rules of `DialPolicy`. */
export type TransferPolicy = Awaited<ReturnType<typeof createTransferPolicy>>;

/** Checks all transfer numbers at once, and warns of those that will never be dialled. */
export async function createTransferPolicy({ agents, policy, now, log }: TransferPolicyDeps) {
  const numbers = new Map<string, string>();
  for (const agent of agents.names) {
    for (const [alias, { number }] of Object.entries(agents.get(agent)?.transfers ?? {})) {
      numbers.set(`${agent} ${alias}`, number);
      const decision = (await policy()).checkNumber(number);
      if (decision.ok) continue;
      log.warn("Transfer will be refused", { agent, alias, code: decision.code });
    }
  }
  return {
    /** Whether the agent may transfer to the alias now, and to which number. */
    decide,
    /** Where a transfer goes, allowed or not; undefined for an alias that is unknown. */
    numberOf,
    mayDial: async (agent: string, alias: string) => (await decide(agent, alias)).ok,
  };

  function numberOf(agent: string, alias: string): string | undefined {
    return numbers.get(`${agent} ${alias}`);
  }

  async function decide(agent: string, alias: string): Promise<DialDecision> {
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
