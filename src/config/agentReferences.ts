import type { AgentFrontMatter } from "./agentSchema.ts";

/**
 * What is wrong between agents, one sentence each, by the name of the agent whose file is to be changed:
 * a number that an earlier one answers already, and agents that do not exist. `known` are all names, those
 * of unusable agents among them.
 */
export function findReferenceProblems(
  agents: ReadonlyMap<string, Pick<AgentFrontMatter, "numbers" | "hours">>,
  known: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const problems = new Map<string, string[]>();
  const owners = new Map<string, string>();
  for (const name of [...agents.keys()].sort()) {
    const agent = agents.get(name);
    if (agent === undefined) continue;
    const found: string[] = [];
    for (const number of agent.numbers) {
      const owner = owners.get(number);
      if (owner === undefined) owners.set(number, name);
      else found.push(`numbers: ${number} is answered by ${owner} already.`);
    }
    const outside = agent.hours?.outside;
    if (outside?.kind === "agent") {
      if (outside.agent === name) found.push("hours.outside.agent: must be another agent.");
      else if (!known.has(outside.agent)) {
        found.push(`hours.outside.agent: must be one of ${[...known].sort().join(", ")}.`);
      }
    }
    if (found.length > 0) problems.set(name, found);
  }
  return problems;
}
