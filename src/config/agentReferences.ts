import { nearestWord } from "../utils/nearestWord.ts";
import { present } from "../utils/present.ts";
import { type AgentProblem, quoting } from "./agentProblem.ts";
import type { Agent, AgentPeers } from "./agents.ts";

/**
 * What is wrong between agents, told of the one whose file is to be changed: a number that an earlier one
 * answers already, and agents that do not exist.
 */
export function findReferenceProblems(
  { name, numbers, hours, handoffs }: Agent,
  { agents, names }: AgentPeers,
): readonly AgentProblem[] {
  const problems: AgentProblem[] = [];
  numbers.forEach((number, at) => {
    const [owner] = [...agents.values()].filter((peer) => peer.numbers.includes(number));
    if (owner === undefined || owner.name === name) return;
    problems.push({
      path: `numbers.${at}`,
      ...quoting("{number} is answered by {agent} already", { number, agent: owner.name }),
    });
  });
  const outside = hours?.outside;
  if (outside?.kind === "agent") checkOther("hours.outside.agent", outside.agent);
  for (const [key, { agent }] of Object.entries(handoffs)) {
    checkOther(agent === key ? `handoffs.${key}` : `handoffs.${key}.agent`, agent);
  }
  return problems;

  function checkOther(path: string, agent: string): void {
    const others = [...names].filter((other) => other !== name).sort();
    if (agent === name) problems.push({ path, message: "must be another agent" });
    else if (!names.has(agent)) {
      const message = quoting("must be one of {names}", { names: others.join(", ") });
      problems.push({ path, ...message, ...present({ nearest: nearestWord(agent, others) }) });
    }
  }
}
