import type { AgentFiles } from "../../config/agentFiles.ts";
import { readDefinition } from "../../config/agentReading.ts";
import type { AgentVersionStore } from "../store.ts";
import { checkAgainst } from "./agentFolder.ts";
import type { AgentEntry, LiveAgents } from "./liveAgents.ts";

export interface LastGoodOptions {
  readonly store: Pick<AgentVersionStore, "latest">;
  readonly live: Pick<LiveAgents, "checks" | "entries">;
  readonly dir: string;
  readonly files: AgentFiles;
}

/** An agent with a faulty file, with the version that calls used last, where that is still good. */
export async function lastGoodEntry(
  entry: AgentEntry,
  { store, live, dir, files }: LastGoodOptions,
): Promise<AgentEntry | undefined> {
  if (entry.agent !== undefined) return undefined;
  const { name } = entry;
  const last = await store.latest(name);
  if (last === undefined) return undefined;
  const { result } = await readDefinition(name, last.text, dir, files);
  if (!result.ok) return undefined;
  const checked = await checkAgainst(live, result);
  return checked.ok ? { ...entry, agent: result.agent, text: last.text } : undefined;
}
