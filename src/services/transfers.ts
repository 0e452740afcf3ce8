import type { Agents } from "../config/agents.ts";
import type { SpendingPolicy } from "./spending.ts";

/** Whom agents may hand callers over to, by the same rules as for every other call. */
export interface Transfers {
  /** Whether the agent may hand over to the alias now; the number alone does not tell. */
  mayDial(agent: string, alias: string): Promise<boolean>;
  /** The number behind an alias; nothing where it may not be dialled. */
  number(agent: string, alias: string): string | undefined;
}

/** Checks all hand-overs at once; `onRefused` hears of those that will never be dialled. */
export async function createTransfers(
  agents: Agents,
  policy: () => Promise<SpendingPolicy>,
  onRefused: (
    refusal: { readonly agent: string; readonly alias: string; readonly code: string },
  ) => void,
  now: () => number,
): Promise<Transfers> {
  const numbers = new Map<string, string>();
  for (const name of agents.names) {
    for (const [alias, { number }] of Object.entries(agents.get(name)?.transfers ?? {})) {
      const decision = (await policy()).checkNumber(number);
      if (decision.ok) numbers.set(`${name} ${alias}`, number);
      else onRefused({ agent: name, alias, code: decision.code });
    }
  }
  return {
    async mayDial(agent, alias) {
      const number = numbers.get(`${agent} ${alias}`);
      return number !== undefined && (await (await policy()).check(number, now())).ok;
    },
    number: (agent, alias) => numbers.get(`${agent} ${alias}`),
  };
}
