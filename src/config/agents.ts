import { parse } from "yaml";
import { type AgentFrontMatter, agentFrontMatter } from "./agentSchema.ts";

/** One agent as its file defines it; texts may hold `{{variables}}`. */
export interface Agent extends Readonly<Omit<AgentFrontMatter, "name">> {
  /** The file's name without `.md`. */
  readonly name: string;
  /** The body of the file. */
  readonly instructions: string;
}

/** The agents that calls can be given to. */
export interface Agents {
  readonly names: readonly string[];
  get(name: string): Agent | undefined;
}

/** How agent files are read: from disk, unless a test says otherwise. */
export interface AgentFiles {
  /** Names of the files in a folder. */
  list(dir: string): Promise<readonly string[]>;
  text(path: string): Promise<string>;
}

/** All that is wrong with the agents' files, one sentence each, beginning with the file's name. */
export class AgentsError extends Error {
  override readonly name = "AgentsError";
  constructor(readonly problems: readonly string[]) {
    super(`Cannot use these agents:\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
  }
}

/** Reads every `.md` file of a folder. Throws `AgentsError` with all problems at once. */
export async function loadAgents(dir: string, files: AgentFiles = filesOnDisk): Promise<Agents> {
  const problems: string[] = [];
  const agents = new Map<string, Agent>();
  for (const file of await listed(dir, files)) {
    const path = `${dir.replace(/\/$/, "")}/${file}`;
    const result = readAgent(file.slice(0, -".md".length), await files.text(path));
    if (result.ok) agents.set(result.agent.name, result.agent);
    else problems.push(...result.problems.map((problem) => `${path}: ${problem}`));
  }
  if (problems.length === 0 && agents.size === 0) {
    problems.push(`${dir} holds no agent: put a file such as receptionist.md there.`);
  }
  if (problems.length > 0) throw new AgentsError(problems);
  return { names: [...agents.keys()], get: (name) => agents.get(name) };
}

type ReadAgent =
  | { readonly ok: true; readonly agent: Agent }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads one agent's file: front matter between two lines of `---`, then the instructions. */
export function readAgent(name: string, text: string): ReadAgent {
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) {
    return refused("the file's name must be lower-case letters, digits, - and _.");
  }
  if (text.length > MAX_FILE_LENGTH) {
    return refused(`is longer than ${MAX_FILE_LENGTH} characters.`);
  }
  const [, head, body] =
    /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n([\s\S]*))?$/.exec(text) ?? [];
  if (head === undefined) return refused("must begin with front matter between two lines of ---.");
  const instructions = (body ?? "").trim();

  let fields: unknown;
  try {
    fields = parse(head, { maxAliasCount: 0 });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : "unknown";
    return refused(`the front matter is not valid YAML: ${reason}`);
  }
  const checked = agentFrontMatter.safeParse(fields ?? {});
  const problems = checked.success ? [] : checked.error.issues.map(sentence);
  if (instructions === "") problems.push("has no instructions below the front matter.");
  if (!checked.success) return { ok: false, problems };
  if (checked.data.name !== undefined && checked.data.name !== name) {
    problems.push(`name: is "${checked.data.name}", but the file is called ${name}.md.`);
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, agent: { ...checked.data, name, instructions } };
}

/** Longer prompts cost every turn and slow the model's first word. */
const MAX_FILE_LENGTH = 64 * 1024;

const filesOnDisk: AgentFiles = {
  async list(dir) {
    const names: string[] = [];
    for await (const entry of Deno.readDir(dir)) {
      if (!entry.isDirectory) names.push(entry.name);
    }
    return names;
  },
  text: (path) => Deno.readTextFile(path),
};

async function listed(dir: string, files: AgentFiles): Promise<readonly string[]> {
  try {
    return (await files.list(dir)).filter((file) => file.endsWith(".md")).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new AgentsError([
        `${dir} may not be read: call the folder "agents", or add it to permissions.server.read in deno.json.`,
      ]);
    }
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new AgentsError([`${dir} does not exist: set AGENTS_DIR to the folder of the agents.`]);
  }
}

function refused(problem: string): ReadAgent {
  return { ok: false, problems: [problem] };
}

function sentence(issue: { readonly path: readonly PropertyKey[]; readonly message: string }) {
  const where = issue.path.map(String).join(".");
  return where === "" ? `${issue.message}.` : `${where}: ${issue.message}.`;
}
