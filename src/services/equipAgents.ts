import { type Agents, AgentsError } from "../config/agents.ts";
import { createAgentTools, type ToolServices } from "./agentTools.ts";
import type { Tools } from "./tools.ts";

export interface EquipOptions {
  readonly defaultAgent: string;
  readonly services: ToolServices;
  readonly log: { warn(message: string, fields: Readonly<Record<string, unknown>>): void };
}

/** Finds out at start, not in the middle of a call, that a tool does not exist. Throws `AgentsError`. */
export function equipAgents(
  agents: Agents,
  { defaultAgent, services, log }: EquipOptions,
): ReadonlyMap<string, Tools> {
  const problems: string[] = [];
  const tools = new Map<string, Tools>();
  for (const name of agents.names) {
    const agent = agents.get(name);
    if (agent === undefined) continue;
    try {
      const onFault = (tool: string, error: unknown) =>
        log.warn("Tool failed", { agent: name, tool, error });
      tools.set(name, createAgentTools(agent, services, onFault));
    } catch (error) {
      problems.push(`${name}.md: ${error instanceof Error ? error.message : "unfit tools"}.`);
    }
  }
  if (!agents.names.includes(defaultAgent)) {
    problems.push(
      `DEFAULT_AGENT is ${defaultAgent}, but there are only: ${agents.names.join(", ")}.`,
    );
  }
  if (problems.length > 0) throw new AgentsError(problems);
  return tools;
}
