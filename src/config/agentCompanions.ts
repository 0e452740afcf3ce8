import type { AgentFiles } from "./agentFiles.ts";
import { inFolder } from "./agentFiles.ts";
import type { Agent } from "./agents.ts";
import { type AgentSounds, readAgentSounds } from "./agentSounds.ts";
import type { AgentProblem } from "./agentProblem.ts";
import type { ToolModules } from "./toolModule.ts";
import { readToolModules, toolFilesOf } from "./toolModules.ts";
import type { Companion } from "./agentVersion.ts";

/** Companions that are longer have no part in the version. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Files of all companions of an agent, those in folders included. */
const MAX_FILES = 5000;

/**
 * Files and folders, below the folder of the agents, that an agent's file names: a change of any of them
 * is a change of the agent.
 */
export function companionsOf(agent: Agent): readonly string[] {
  const sounds = Object.values(agent.audio).filter((name) => name !== undefined);
  return [...sounds, ...toolFilesOf(agent)];
}

/** Reads the sounds and tools of an agent, and the digests of all its companions. */
export async function readCompanions(agent: Agent, dir: string, files: AgentFiles): Promise<{
  readonly names: readonly string[];
  readonly companions: readonly Companion[];
  readonly sounds: AgentSounds;
  readonly toolModules: ToolModules;
  readonly problems: readonly AgentProblem[];
}> {
  const names = [...new Set(companionsOf(agent))];
  const { sounds, problems } = await readAgentSounds(agent, dir, files.bytes?.bind(files));
  const tools = await readToolModules(agent, dir, files);
  const companions: Companion[] = [];
  for (const name of await filesOf(names, dir, files)) {
    const digest = await digestOf(inFolder(dir, name), files);
    if (digest !== undefined) companions.push({ name, digest });
  }
  return {
    names,
    companions,
    sounds,
    toolModules: tools.modules,
    problems: [...problems, ...tools.problems],
  };
}

/** The files that these names stand for: those of a folder are all below it. */
export async function filesOf(
  names: readonly string[],
  dir: string,
  files: AgentFiles,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of names) {
    const below = await files.below?.(inFolder(dir, name), MAX_FILES).catch(() => undefined);
    found.push(...(below === undefined ? [name] : below.map((file) => inFolder(name, file))));
  }
  return found.slice(0, MAX_FILES);
}

/** What was digested, as long as the file is the same. */
const digests = new WeakMap<AgentFiles, Map<string, { stamp: string; digest: string }>>();

async function digestOf(path: string, files: AgentFiles): Promise<string | undefined> {
  if (files.bytes === undefined) return undefined;
  const stamp = await files.stamp?.(path).catch(() => undefined);
  const known = digests.get(files) ?? new Map();
  const last = known.get(path);
  const state = stamp && `${stamp.id} ${stamp.state}`;
  if (state !== undefined && last?.stamp === state) return last.digest;
  try {
    // Not the sum of the runtime: this one does not hold up the event loop.
    const content = new Uint8Array(await files.bytes(path, MAX_BYTES));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
    if (state !== undefined) digests.set(files, known.set(path, { stamp: state, digest }));
    return digest;
  } catch {
    return undefined;
  }
}
