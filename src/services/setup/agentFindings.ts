import { inFolder } from "../../config/agentFiles.ts";
import { describeProblem } from "../../config/agentProblem.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { barredIn } from "./place/problemFindings.ts";
import type { Finding } from "./setupCheck.ts";

/** As many as are read at a time. */
const MAX_AGENTS = 20;

/** Whether the files of agents are right; of each that is not, the first fault with its line. */
export function agentFindings(
  { names, problems, unusable }: Pick<Agents, "names" | "problems"> & {
    readonly unusable: Pick<Agents["unusable"], "has">;
  },
  { dir, default: defaultAgent }: Settings["agents"],
): readonly Finding[] {
  const faulty = [...problems].slice(0, MAX_AGENTS);
  const found = faulty.map(([agent, its]): Finding => {
    const [first] = its;
    const file = inFolder(dir, `${agent}.md`);
    const values = { agent, problem: first === undefined ? file : describeProblem(file, first) };
    const remedy = "Correct the file, which counts at once: the view Agents shows all its faults.";
    if (!unusable.has(agent)) {
      return {
        code: "agent_faulty",
        state: "warning",
        text: "The last good version of {agent} stays in use. {problem}",
        remedy,
        values,
      };
    }
    return {
      code: agent === defaultAgent ? "default_agent_unusable" : "agent_unusable",
      state: "broken",
      text: agent === defaultAgent
        ? "The default agent {agent} cannot be used: its callers hear an apology. {problem}"
        : "The agent {agent} cannot be used: its callers hear an apology. {problem}",
      remedy,
      values,
    };
  });
  if (found.length > 0) {
    return [
      ...found,
      ...faulty.flatMap(([agent, its]) =>
        its.flatMap(({ message }) => barredIn(message, inFolder(dir, `${agent}.md`)) ?? [])
      ),
    ];
  }
  return [{
    code: "agents_ok",
    state: "ok",
    text: "{count} agents; {name} answers where nothing else is said.",
    values: { count: names.length, name: defaultAgent },
  }];
}
