import {
  type AgentFrontMatter,
  agentFrontMatter,
  type AgentVoice,
  agentVoice,
} from "./agentSchema.ts";
import { type AgentSounds, readAgentSounds } from "./agentSounds.ts";
import { findReferenceProblems } from "./agentReferences.ts";
import { readFrontMatter } from "./frontMatter.ts";

/** One agent as its file defines it; texts may hold `{{variables}}`. */
export interface Agent extends Readonly<Omit<AgentFrontMatter, "name">> {
  /** The file's name without `.md`. */
  readonly name: string;
  /** The body of the file. */
  readonly instructions: string;
  /** What the files of `audio` hold. */
  readonly sounds?: AgentSounds;
}

/** An agent whose file is invalid: its calls are refused, or answered with the fallback message. */
interface UnusableAgent {
  /** One sentence each, beginning with the file's path. */
  readonly problems: readonly string[];
  /** The parts of the fallback message that could be read. */
  readonly voice: AgentVoice;
}

/** The agents of a folder, as its files stand at one moment. */
export interface AgentSet {
  readonly names: readonly string[];
  get(name: string): Agent | undefined;
  /** By name; none of them is among `names`. */
  readonly unusable: ReadonlyMap<string, UnusableAgent>;
}

/** The agents that calls can be given to. They change when their files do; a call keeps its definition. */
export interface Agents extends AgentSet {
  /**
   * The definition that a call runs, found by the very object of its request. For a call without a
   * session here, what `get` returns.
   */
  ofCall(request: { readonly agent: string }): Agent | undefined;
  /** From now on the call of this request runs this definition. */
  pin(request: { readonly agent: string }, agent: Agent): void;
  /** The listener is called after each change. Returns what ends that. */
  onChange(listener: () => void): () => void;
}

/** Reads agent files and the sounds beside them: from disk, or what a test provides. */
export interface AgentFiles {
  /** Names of the files in a folder. */
  list(dir: string): Promise<readonly string[]>;
  text(path: string): Promise<string>;
  /** Rejects for a file that is longer; absent where there are no sounds. */
  bytes?(path: string, maxBytes: number): Promise<Uint8Array>;
}

export interface LoadOptions {
  /** Checked too, where no agent can be loaded. */
  readonly defaultAgent?: string;
  /** Finds further problems of an agent whose file is valid, one sentence each. */
  readonly examine?: (agent: Agent) => readonly string[];
}

/** All problems of the agents' files, one sentence each, beginning with the file's path. */
export class AgentsError extends Error {
  override readonly name = "AgentsError";
  constructor(readonly problems: readonly string[]) {
    super(`Cannot use these agents:\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
  }
}

/**
 * Reads every `.md` file of a folder. An invalid file makes only its own agent unusable. Throws
 * `AgentsError`, with all problems at once, where no agent is usable.
 */
export async function loadAgents(
  dir: string,
  files: AgentFiles = filesOnDisk,
  { defaultAgent, examine = () => [] }: LoadOptions = {},
): Promise<AgentSet> {
  const agents = new Map<string, Agent>();
  const unusable = new Map<string, UnusableAgent>();
  for (const file of await listed(dir, files)) {
    const name = file.slice(0, -".md".length);
    const path = pathOf(dir, name);
    const read = await readSounds(await readFile(name, path, files), dir, files);
    const problems = read.ok ? examine(read.agent) : read.problems;
    if (read.ok && problems.length === 0) agents.set(name, read.agent);
    else {
      const voice = read.ok ? agentVoice.parse(read.agent) : read.voice;
      unusable.set(name, { problems: problemLines(path, problems), voice });
    }
  }
  const known = new Set([...agents.keys(), ...unusable.keys()]);
  for (const [name, problems] of findReferenceProblems(agents, known)) {
    const voice = agentVoice.parse(agents.get(name));
    agents.delete(name);
    unusable.set(name, { problems: problemLines(pathOf(dir, name), problems), voice });
  }
  const loaded = { names: [...agents.keys()], get: (name: string) => agents.get(name), unusable };
  if (agents.size > 0) return loaded;
  throw new AgentsError(
    unusable.size === 0 ? [`${dir} holds no agent: put a file such as receptionist.md there.`] : [
      ...[...unusable.values()].flatMap(({ problems }) => problems),
      ...defaultProblem(loaded, defaultAgent),
    ],
  );
}

function pathOf(dir: string, name: string): string {
  return `${dir.replace(/\/$/, "")}/${name}.md`;
}

/** The problem of a default agent without a file; one with an invalid file is unusable, but known. */
export function defaultProblem(
  { names, unusable }: AgentSet,
  defaultAgent: string | undefined,
): readonly string[] {
  const known = [...names, ...unusable.keys()];
  if (defaultAgent === undefined || known.includes(defaultAgent)) return [];
  return [`DEFAULT_AGENT is ${defaultAgent}, but there are only: ${known.join(", ")}.`];
}

async function readFile(name: string, path: string, files: AgentFiles): Promise<ReadAgent> {
  try {
    return readAgent(name, await files.text(path));
  } catch (error) {
    return refused(`cannot be read: ${error instanceof Error ? error.message : "unknown"}.`);
  }
}

async function readSounds(read: ReadAgent, dir: string, files: AgentFiles): Promise<ReadAgent> {
  if (!read.ok) return read;
  const { sounds, problems } = await readAgentSounds(read.agent, dir, files.bytes?.bind(files));
  if (problems.length > 0) return { ok: false, problems, voice: agentVoice.parse(read.agent) };
  return { ok: true, agent: { ...read.agent, sounds } };
}

/** Problems as lines that begin with the path; cut to what a person reads at a time. */
export function problemLines(path: string, problems: readonly string[]): readonly string[] {
  const shown = problems.slice(0, MAX_PROBLEMS).map((problem) => {
    const text = problem.length > MAX_PROBLEM_CHARS
      ? `${problem.slice(0, MAX_PROBLEM_CHARS)}...`
      : problem;
    return `${path}: ${text}`;
  });
  const left = problems.length - shown.length;
  return left > 0 ? [...shown, `${path}: and ${left} more.`] : shown;
}

const MAX_PROBLEMS = 20;
const MAX_PROBLEM_CHARS = 400;

type ReadAgent =
  | { readonly ok: true; readonly agent: Agent }
  | { readonly ok: false; readonly problems: readonly string[]; readonly voice: AgentVoice };

/** Reads one agent's file: front matter between two lines of `---`, then the instructions. */
export function readAgent(name: string, text: string): ReadAgent {
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) {
    return refused("the file's name must be lower-case letters, digits, - and _.");
  }
  if (text.length > MAX_FILE_LENGTH) {
    return refused(`is longer than ${MAX_FILE_LENGTH} characters.`);
  }
  const read = readFrontMatter(text);
  if (!read.ok) return refused(read.problem);
  const instructions = read.body.trim();
  const checked = agentFrontMatter.safeParse(read.fields);
  const problems = checked.success ? [] : checked.error.issues.map(sentence);
  if (instructions === "") problems.push("has no instructions below the front matter.");
  if (checked.success && checked.data.name !== undefined && checked.data.name !== name) {
    problems.push(`name: is "${checked.data.name}", but the file is called ${name}.md.`);
  }
  if (checked.success && problems.length === 0) {
    return { ok: true, agent: { ...checked.data, name, instructions } };
  }
  const voice = agentVoice.safeParse(read.fields);
  return { ok: false, problems, voice: voice.success ? voice.data : {} };
}

/** Longer prompts cost tokens in every turn and delay the model's first word. */
const MAX_FILE_LENGTH = 64 * 1024;

const filesOnDisk: AgentFiles = {
  async list(dir) {
    const names: string[] = [];
    for await (const entry of Deno.readDir(dir)) {
      if (!entry.isDirectory) names.push(entry.name);
    }
    return names;
  },
  async text(path) {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw new TypeError("it is not a file");
    // A character takes four bytes at most.
    if (size > 4 * MAX_FILE_LENGTH) {
      throw new RangeError(`it is longer than ${MAX_FILE_LENGTH} characters`);
    }
    return await Deno.readTextFile(path);
  },
  async bytes(path, maxBytes) {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw new TypeError("it is not a file");
    if (size > maxBytes) throw new RangeError(`it is longer than ${maxBytes} bytes`);
    return await Deno.readFile(path);
  },
};

async function listed(dir: string, files: AgentFiles): Promise<readonly string[]> {
  try {
    // Editors keep temporary files beside those that they change, with a leading dot.
    return (await files.list(dir)).filter((file) => /^[^.].*\.md$/s.test(file)).sort();
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
  return { ok: false, problems: [problem], voice: {} };
}

function sentence(issue: { readonly path: readonly PropertyKey[]; readonly message: string }) {
  const where = issue.path.map(String).join(".");
  return where === "" ? `${issue.message}.` : `${where}: ${issue.message}.`;
}
