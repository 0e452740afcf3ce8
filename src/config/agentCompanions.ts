import type { AgentFiles } from "./agentFiles.ts";
import { inFolder } from "./agentFiles.ts";
import type { Agent } from "./agents.ts";
import { type AgentSounds, readAgentSounds } from "./agentSounds.ts";
import type { AgentProblem } from "./agentProblem.ts";
import type { ToolModules } from "./toolModule.ts";
import { readToolModules, toolFilesOf } from "./toolModules.ts";
import type { Companion } from "./agentVersion.ts";

/**
 * Files, below the folder of the agents, that an agent's file names: a change of any of them is a change of
 * the agent.
 */
export function companionsOf(agent: Agent): readonly string[] {
  const sounds = Object.values(agent.audio).filter((name) => name !== undefined);
  // A file or folder of its knowledge that comes or goes is a warning, and no change of the agent.
  const inside = agent.knowledge.filter((source) => !source.startsWith("/"));
  return [...new Set([...sounds, ...toolFilesOf(agent), ...inside])];
}

/**
 * Reads the sounds and tools of an agent. The digests are of the very content that was used: a file that
 * changes meanwhile must not give its new version to what was read before.
 */
export async function readCompanions(agent: Agent, dir: string, files: AgentFiles): Promise<{
  readonly names: readonly string[];
  readonly companions: readonly Companion[];
  readonly sounds: AgentSounds;
  readonly toolModules: ToolModules;
  readonly toolFiles: readonly string[];
  readonly problems: readonly AgentProblem[];
}> {
  const digests = new Map<string, string>();
  const { sounds, problems } = await readAgentSounds(agent, async (name, maxBytes) => {
    if (files.bytes === undefined) throw new TypeError("there are no sounds");
    const bytes = await files.bytes(inFolder(dir, name), maxBytes);
    // Not the sum of the runtime: this one does not hold up the event loop.
    digests.set(name, new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex());
    return bytes;
  });
  const tools = await readToolModules(agent, dir, files);
  for (const { file, digest } of Object.values(tools.modules)) digests.set(file, digest);
  return {
    names: companionsOf(agent),
    companions: [...digests].map(([name, digest]) => ({ name, digest })),
    sounds,
    toolModules: tools.modules,
    toolFiles: tools.names,
    problems: [...problems, ...tools.problems],
  };
}
