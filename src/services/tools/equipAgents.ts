import { type Agents, AgentsError, defaultProblem } from "../../config/agents.ts";
import { createAgentTools, type ToolServices } from "./agentTools.ts";
import type { ToolRegistry } from "./toolRegistry.ts";
import type { Log } from "../../utils/logger.ts";

export interface EquipOptions {
  readonly defaultAgent: string;
  readonly services: ToolServices;
  readonly log: Pick<Log, "warn">;
}

/** The tools of every usable agent, by its name. Throws `AgentsError` where no file has the default's name. */
export function equipAgents(
  agents: Agents,
  { defaultAgent, services, log }: EquipOptions,
): ReadonlyMap<string, ToolRegistry> {
  const problems = defaultProblem(agents, defaultAgent);
  if (problems.length > 0) throw new AgentsError(problems);
  const tools = new Map<string, ToolRegistry>();
  for (const name of agents.names) {
    const agent = agents.get(name);
    if (agent === undefined) continue;
    const onFault = (tool: string, error: unknown) =>
      log.warn("Tool failed", { agent: name, tool, error });
    tools.set(name, createAgentTools(agent, services, onFault));
  }
  return tools;
}
