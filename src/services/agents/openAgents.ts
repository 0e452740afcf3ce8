import {
  type Agent,
  type AgentFiles,
  type Agents,
  AgentsError,
  type AgentSet,
  defaultProblem,
  loadAgents,
  problemLines,
} from "../../config/agents.ts";
import { agentVoice } from "../../config/agentSchema.ts";
import type { Settings } from "../../config/settings.ts";
import { findToolProblems } from "../tools.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import { LiveAgents } from "./liveAgents.ts";

export interface OpenAgentsOptions {
  readonly agentFiles?: AgentFiles | undefined;
  /** What else is wrong with an agent, such as a host that this process may not reach. */
  readonly examineAgent?: ((agent: Agent) => readonly string[]) | undefined;
  readonly incidents: Incidents;
  readonly log: Pick<Log, "error">;
}

/**
 * Loads the agents and validates their tools, so that errors appear at start and not during a call. An
 * unusable agent is logged, and listed in `/health` as long as the process runs. Throws
 * `AgentsError`.
 */
export async function openAgents(
  { agents: { dir, default: defaultAgent } }: Pick<Settings, "agents">,
  { agentFiles, examineAgent = () => [], incidents, log }: OpenAgentsOptions,
): Promise<Agents> {
  const loaded = await loadAgents(dir, agentFiles, { defaultAgent, examine: findToolProblems });
  const absent = defaultProblem(loaded, defaultAgent);
  if (absent.length > 0) throw new AgentsError(absent);
  const agents = setAside(loaded, (agent) => problemLines(`${agent.name}.md`, examineAgent(agent)));
  for (const [name, { problems }] of agents.unusable) {
    log.error("Agent unusable", { agent: name, isDefault: name === defaultAgent, problems });
    incidents.report({
      code: "agent_unusable",
      subject: name,
      // `/health` is public: it must not show where the folder is.
      message: problems.map((problem) => problem.replaceAll(`${dir.replace(/\/$/, "")}/`, "")).join(
        " ",
      ),
      expiresAfterMs: Infinity,
    });
  }
  return new LiveAgents(agents);
}

/** Where no agent would be left, all stay: the same problems are then reported with those of the settings. */
function setAside(
  agents: AgentSet,
  examine: (agent: Agent) => readonly string[],
): AgentSet {
  const usable = new Map<string, Agent>();
  const unusable = new Map(agents.unusable);
  for (const name of agents.names) {
    const agent = agents.get(name);
    if (agent === undefined) continue;
    const problems = examine(agent);
    if (problems.length === 0) usable.set(name, agent);
    else unusable.set(name, { problems, voice: agentVoice.parse(agent) });
  }
  if (usable.size === 0) return agents;
  return { names: [...usable.keys()], get: (name) => usable.get(name), unusable };
}
