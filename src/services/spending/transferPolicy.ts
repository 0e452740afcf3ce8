import type { Agents } from "../../config/agents.ts";
import type { DialDecision, DialPolicy } from "./dialPolicy.ts";

/** Which numbers agents may transfer callers to, by the rules of `DialPolicy`. */
export interface TransferPolicy {
  /** Whether the agent may transfer to the alias now, and to which number. */
  decide(agent: string, alias: string): Promise<DialDecision>;
  mayDial(agent: string, alias: string): Promise<boolean>;
}

/** Checks all transfer numbers at once; `onRefused` is called with those that will never be dialled. */
export async function createTransferPolicy(
  agents: Pick<Agents, "names" | "get">,
  policy: () => Promise<DialPolicy>,
  onRefused: (
    refusal: { readonly agent: string; readonly alias: string; readonly code: string },
  ) => void,
  now: () => number,
): Promise<TransferPolicy> {
  const numbers = new Map<string, string>();
  for (const name of agents.names) {
    for (const [alias, { number }] of Object.entries(agents.get(name)?.transfers ?? {})) {
      numbers.set(`${name} ${alias}`, number);
      const decision = (await policy()).checkNumber(number);
      if (!decision.ok) onRefused({ agent: name, alias, code: decision.code });
    }
  }
  return { decide, mayDial: async (agent, alias) => (await decide(agent, alias)).ok };

  async function decide(agent: string, alias: string): Promise<DialDecision> {
    const number = numbers.get(`${agent} ${alias}`);
    return number === undefined ? unknownAlias : await (await policy()).check(number, now());
  }
}

const unknownAlias: DialDecision = {
  ok: false,
  kind: "forbidden",
  code: "number_not_allowed",
  sentence: "The agent has no transfer of that name.",
};
