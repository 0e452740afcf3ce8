import type { AgentFiles } from "../../config/agentFiles.ts";
import { readDefinition } from "../../config/agentReading.ts";
import type { Agent, AgentCheck } from "../../config/agents.ts";
import type { AgentVersionStore } from "../store.ts";
import { found } from "./agentFolder.ts";
import type { AgentEntry, LiveAgents } from "./liveAgents.ts";

export interface LastGoodOptions {
  readonly store: Pick<AgentVersionStore, "latest">;
  readonly checks: readonly AgentCheck[];
  readonly live: Pick<LiveAgents, "entries" | "names" | "get">;
  readonly dir: string;
  readonly files: AgentFiles;
}

/** An agent with a faulty file, with the version that calls used last, where that is still good. */
export async function lastGoodEntry(
  entry: AgentEntry,
  { store, checks, live, dir, files }: LastGoodOptions,
): Promise<AgentEntry | undefined> {
  if (entry.agent !== undefined) return undefined;
  const { name } = entry;
  const last = await store.latest(name);
  if (last === undefined) return undefined;
  const { result } = await readDefinition(name, last.text, dir, files);
  if (!result.ok) return undefined;
  const agents = new Map<string, Agent>();
  for (const other of live.names) {
    const agent = live.get(other);
    if (agent !== undefined) agents.set(other, agent);
  }
  agents.set(name, result.agent);
  const peers = { agents, names: new Set(live.entries.keys()) };
  const problems = await found(result.agent, peers, checks);
  return problems.length > 0 ? undefined : { ...entry, agent: result.agent, text: last.text };
}
