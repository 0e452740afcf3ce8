import { type AgentFiles, filesOnDisk } from "../../../src/config/agentFiles.ts";
import type { Agents } from "../../../src/config/agents.ts";
import { openAgents } from "../../../src/services/agents.ts";

/** The agents of a folder, as a server begins with them; the first file's is the default. */
export async function loadAgents(
  dir: string,
  agentFiles: AgentFiles = filesOnDisk,
): Promise<Agents> {
  const [first = "none.md"] = await agentFiles.list(dir).catch(() => []);
  const settings = { agents: { dir, default: first.replace(/\.md$/, "") } };
  const { agents, recover } = await openAgents(settings, {
    readToolVariable: () => ({ state: "unset" }),
    agentFiles,
    incidents: { report() {}, resolve() {} },
    log: { info() {}, warn() {}, error() {} },
  });
  await recover();
  return agents;
}
