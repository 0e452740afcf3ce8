import type { AgentProblem } from "../../config/agentProblem.ts";
import type { AgentFiles } from "../../config/agentFiles.ts";
import { type Agent, readAgent } from "../../config/agents.ts";
import type { AgentVersionStore, UsedVersion } from "../store.ts";
import { createAgentEditor, type ReadOnly } from "./agentEditor.ts";
import type { AgentEntry, LiveAgents } from "./liveAgents.ts";

export interface AgentCatalogDeps {
  readonly live: LiveAgents;
  readonly dir: string;
  readonly files: AgentFiles;
  readonly store: Pick<AgentVersionStore, "list" | "text">;
  /** Resolves when what is in the files now is in use. */
  readonly look: () => Promise<void>;
}

/** One agent of the folder as an operator sees it. */
export interface AgentState {
  readonly name: string;
  readonly title?: string | undefined;
  /** `broken`: an older version is in use, as the file is faulty; `unusable`: there is none. */
  readonly state: "ok" | "broken" | "unusable";
  /** What calls get; absent for an agent that is unusable. */
  readonly agent?: Agent | undefined;
  readonly problems: readonly AgentProblem[];
  /** Of a file that is in use. */
  readonly warnings: readonly AgentProblem[];
}

/** A version; without times where no call has used it yet. */
export interface KnownVersion
  extends Pick<UsedVersion, "version">, Partial<Pick<UsedVersion, "firstUsedAt" | "lastUsedAt">> {
  readonly uses: number;
  readonly inUse: boolean;
}

export type RestoreResult =
  | { readonly ok: true; readonly version: string | undefined }
  | { readonly ok: false; readonly code: "unknown_version" }
  | {
    readonly ok: false;
    readonly code: "version_unusable";
    readonly problems: readonly AgentProblem[];
  }
  | ReadOnly;

/** The agents with what is wrong with them, their files and their versions. */
export type AgentCatalog = ReturnType<typeof createAgentCatalog>;

export function createAgentCatalog({ live, dir, files, store, look }: AgentCatalogDeps) {
  const { check, write, ...editor } = createAgentEditor({ live, dir, files, look });
  return {
    dir,
    ...editor,
    check,
    /** By name. */
    list: (): readonly AgentState[] => [...live.entries.values()].map(stateOf),
    /** Those that calls have used and the one in use, the newest first; undefined for an unknown agent. */
    async versions(name: string): Promise<readonly KnownVersion[] | undefined> {
      const entry = live.entries.get(name);
      const used = await store.list(name);
      if (entry === undefined && used.length === 0) return undefined;
      const current = entry?.agent?.version;
      const known = used.map(({ agent: _, ...each }) => ({
        ...each,
        inUse: each.version === current,
      }));
      const isUnused = current !== undefined && !known.some(({ inUse }) => inUse);
      return isUnused ? [{ version: current, uses: 0, inUse: true }, ...known] : known;
    },
    text,
    /** Writes a version back into the agent's file. Rejects where the store or the disk fails. */
    async restore(name: string, version: string): Promise<RestoreResult> {
      const wanted = await text(name, version);
      if (wanted === undefined) return { ok: false, code: "unknown_version" };
      const { problems } = await check(name, wanted);
      if (problems.length > 0) return { ok: false, code: "version_unusable", problems };
      const refusal = await write(name, wanted);
      if (refusal !== undefined) return refusal;
      return { ok: true, version: live.get(name)?.version };
    },
  };

  /** The text of a version; it may hold secrets. */
  async function text(name: string, version: string): Promise<string | undefined> {
    const current = live.entries.get(name);
    if (current?.agent?.version === version) return current.text;
    return await store.text(name, version);
  }
}

function stateOf({ name, agent, reading: { text, result } }: AgentEntry): AgentState {
  if (result.ok) {
    const { warnings = [] } = result;
    return { name, title: agent?.title, state: "ok", agent, problems: [], warnings };
  }
  const faults = { problems: result.problems, warnings: [] };
  if (agent !== undefined) return { name, title: agent.title, state: "broken", agent, ...faults };
  const read = text === undefined ? undefined : readAgent(name, text);
  return { name, title: read?.ok ? read.agent.title : undefined, state: "unusable", ...faults };
}
