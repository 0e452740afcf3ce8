import { type AgentFiles, type FolderWriting, inFolder } from "../../config/agentFiles.ts";
import type { AgentProblem } from "../../config/agentProblem.ts";
import { readDefinition } from "../../config/agentReading.ts";
import type { ReadAgent } from "../../config/agents.ts";
import { versionOf } from "../../config/agentVersion.ts";
import { checkAgainst } from "./agentFolder.ts";
import type { LiveAgents } from "./liveAgents.ts";

export interface AgentEditorDeps {
  readonly live: Pick<LiveAgents, "checks" | "entries" | "get">;
  readonly dir: string;
  readonly files: AgentFiles;
  /** Resolves when what is in the files now is in use. */
  readonly look: () => Promise<void>;
}

/** What is wrong with a text; calls can get it where there are only warnings. */
export interface CheckedText {
  readonly problems: readonly AgentProblem[];
  readonly warnings: readonly AgentProblem[];
}

/** An agent's file as it is now. */
export interface AgentFile extends CheckedText {
  /** Absent where it cannot be read, or is gone. */
  readonly text?: string;
  /** The first digits of the SHA-256 of `text`: what a change of it is based on. */
  readonly revision?: string;
}

export type SaveResult =
  | ReadOnly
  | { readonly ok: true; readonly version: string | undefined; readonly revision: string }
  | { readonly ok: false; readonly code: "agent_changed" }
  | {
    readonly ok: false;
    readonly code: "agent_faulty";
    readonly problems: readonly AgentProblem[];
  };

/** The process or the system does not let this file be written. */
export interface ReadOnly {
  readonly ok: false;
  readonly code: "agents_read_only";
  readonly path: string;
}

/** Changes the files of agents, one change after the other. */
export function createAgentEditor({ live, dir, files, look }: AgentEditorDeps) {
  let last: Promise<unknown> = Promise.resolve();

  return {
    check,
    write,
    writing: async (): Promise<FolderWriting> =>
      files.replace === undefined ? "read_only" : await files.writing?.(dir) ?? "allowed",
    /** Undefined for an agent that there is none of. */
    async file(name: string): Promise<AgentFile | undefined> {
      const entry = live.entries.get(name);
      if (entry === undefined) return undefined;
      const text = await textOf(name);
      const { result } = entry.reading;
      if (text === undefined) return verdictOf(result);
      const verdict = text === entry.reading.text ? verdictOf(result) : await check(name, text);
      return { text, revision: versionOf(text, []), ...verdict };
    },
    /**
     * Writes a text into an agent's file where it still is what the change is based on; `undefined` is
     * for a new agent. Nothing is written where the text is faulty.
     */
    save(name: string, text: string, revision: string | undefined): Promise<SaveResult> {
      const saving = last.then(() => save(name, text, revision));
      last = saving.catch(() => {});
      return saving;
    },
  };

  async function save(
    name: string,
    text: string,
    revision: string | undefined,
  ): Promise<SaveResult> {
    const { problems } = await check(name, text);
    if (problems.length > 0) return { ok: false, code: "agent_faulty", problems };
    if (await revisionOf(name) !== revision) return { ok: false, code: "agent_changed" };
    const refusal = await write(name, text);
    if (refusal !== undefined) return refusal;
    return { ok: true, version: live.get(name)?.version, revision: versionOf(text, []) };
  }

  /** Checks a text as if it were the agent's file; changes nothing. */
  async function check(name: string, text: string): Promise<CheckedText> {
    const { result } = await readDefinition(name, text, dir, files);
    return verdictOf(result.ok ? await checkAgainst(live, result) : result);
  }

  /** Replaces the file; its text is in use then. Rejects where the disk fails. */
  async function write(name: string, text: string): Promise<ReadOnly | undefined> {
    const path = inFolder(dir, `${name}.md`);
    try {
      if (files.replace === undefined) return { ok: false, code: "agents_read_only", path };
      await files.replace(path, text);
    } catch (error) {
      if (isReadOnly(error)) return { ok: false, code: "agents_read_only", path };
      throw error;
    }
    await look();
    return undefined;
  }

  /** `unreadable` differs from every revision, and from that of no file. */
  async function revisionOf(name: string): Promise<string | undefined> {
    if (!(await files.list(dir)).includes(`${name}.md`)) return undefined;
    const text = await textOf(name);
    return text === undefined ? "unreadable" : versionOf(text, []);
  }

  async function textOf(name: string): Promise<string | undefined> {
    return await files.text(inFolder(dir, `${name}.md`)).catch(() => undefined);
  }
}

function verdictOf(result: ReadAgent): CheckedText {
  return result.ok
    ? { problems: [], warnings: result.warnings ?? [] }
    : { problems: result.problems, warnings: [] };
}

/** What the process may not write, or the system does not let it. */
function isReadOnly(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotFound ||
    error instanceof Error && /read-only file system|os error 30/i.test(error.message);
}
