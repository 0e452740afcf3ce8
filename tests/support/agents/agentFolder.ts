import { filesOnDisk } from "../../../src/config/agentFiles.ts";
import { type Agents, readAgent } from "../../../src/config/agents.ts";
import type { AgentReading } from "../../../src/config/agentReading.ts";
import { PATIENCE_MS } from "../until.ts";

/** A folder of agents on the disk, which a server follows. */
export interface AgentFolder extends AsyncDisposable {
  readonly path: string;
  /** The setting and the override by which a server uses it. */
  readonly env: { readonly AGENTS_DIR: string };
  readonly overrides: { readonly agentFiles: typeof filesOnDisk };
  save(file: string, text: string | Uint8Array): Promise<void>;
  remove(file: string): Promise<void>;
  read(file: string): Promise<string>;
}

export async function createAgentFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<AgentFolder> {
  const path = await Deno.makeTempDir({ prefix: "agents-" });
  const folder: AgentFolder = {
    path,
    env: { AGENTS_DIR: path },
    overrides: { agentFiles: filesOnDisk },
    async save(file, text) {
      await Deno.mkdir(`${path}/${file}`.replace(/\/[^/]*$/, ""), { recursive: true });
      // At once, as most editors do: else a busy machine may see half of it.
      const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
      const draft = `${path}/${file}`.replace(/([^/]*)$/, ".$1");
      await Deno.writeFile(draft, bytes);
      await Deno.rename(draft, `${path}/${file}`);
    },
    remove: (file) => Deno.remove(`${path}/${file}`, { recursive: true }),
    read: (file) => Deno.readTextFile(`${path}/${file}`),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }).catch(() => {}),
  };
  for (const [file, text] of Object.entries(files)) await folder.save(file, text);
  return folder;
}

/** Does something, and waits until the agents are what it is to make of them. */
export async function changing(
  agents: Agents,
  work: () => Promise<unknown>,
  fits: (agents: Agents) => boolean = () => true,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const overdue = setTimeout(() => reject(new Error("Cannot wait longer: no change")), PATIENCE_MS);
  const stop = agents.onChange(() => {
    if (fits(agents)) resolve();
  });
  try {
    await work();
    await promise;
  } finally {
    clearTimeout(overdue);
    stop();
  }
}

/** What a file of this text is read as. */
export function readingOf(name: string, text: string): AgentReading {
  return { name, text, companions: [], result: readAgent(name, text) };
}
