import { type Agents, AgentsError } from "../../config/agents.ts";
import { readVariable } from "../../config/env.ts";
import type { unreachableTools } from "../../config/hostPermissions.ts";
import type { Environment } from "../../config/settingReader.ts";
import type { Settings } from "../../config/settings.ts";
import { createToolVariables } from "../../config/toolVariables.ts";
import { openAgents } from "../../services/agents.ts";
import { isModelLocal } from "../../services/openai.ts";
import { agentProblems, check, type SetupCheck } from "../../services/setup.ts";

/** The agents as their files are, with what keeps them from being read. */
export async function readAgents(
  settings: Settings,
  environment: Environment,
  /** What else makes an agent unusable. */
  examineAgent?: typeof unreachableTools,
): Promise<{ readonly agents: ReadAgents; readonly checks: readonly SetupCheck[] }> {
  try {
    const { agents } = await openAgents(settings, {
      ...(examineAgent && { examineAgent }),
      readToolVariable: createToolVariables(environment, readVariable),
      isModelLocal: isModelLocal(settings.openai),
      ...SILENT,
    });
    return { agents, checks: [] };
  } catch (error) {
    if (!(error instanceof AgentsError)) throw error;
    return {
      agents: NO_AGENTS,
      checks: agentProblems(error.problems).map((finding) => check("agents", finding)),
    };
  }
}

const silent = () => {};
/** For what reports to a server, which is not there. */
export const SILENT = {
  incidents: { report: silent, resolve: silent },
  log: { info: silent, warn: silent, error: silent },
};

type ReadAgents = Pick<Agents, "names" | "get" | "problems" | "unusable" | "onChange">;

const NO_AGENTS: ReadAgents = {
  names: [],
  get: () => undefined,
  problems: new Map(),
  unusable: new Map(),
  onChange: () => () => {},
};
