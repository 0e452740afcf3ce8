import {
  type AgentFrontMatter,
  agentFrontMatter,
  type AgentVoice,
  agentVoice,
} from "./agentSchema.ts";
import { type AgentProblem, type FoundProblem, placedProblems } from "./agentProblem.ts";
import type { ToolModules } from "./toolModule.ts";
import type { AgentSounds } from "./agentSounds.ts";
import { versionOf } from "./agentVersion.ts";
import { readFrontMatter } from "./frontMatter.ts";
import { NAME } from "./names.ts";
import { schemaProblems } from "./schemaProblems.ts";

/** One agent as its file defines it; texts may hold `{{variables}}`. */
export interface Agent extends Readonly<Omit<AgentFrontMatter, "name">> {
  /** The file's name without `.md`. */
  readonly name: string;
  /** Of the file's text and of the files that it names: see `versionOf`. */
  readonly version: string;
  /** The body of the file. */
  readonly instructions: string;
  /** What the files of `audio` hold. */
  readonly sounds?: AgentSounds;
  /** Those of its tools that are files of `tools/`. */
  readonly toolModules?: ToolModules;
  /** All tools that there are files of, where one that it names has none. */
  readonly toolFiles?: readonly string[];
}

/** An agent whose file is invalid: its calls are refused, or answered with the fallback message. */
export interface UnusableAgent {
  readonly problems: readonly AgentProblem[];
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
   * What is wrong with files as they are now, by the agent's name: of unusable agents, and of those whose
   * last good version stays in use.
   */
  readonly problems: ReadonlyMap<string, readonly AgentProblem[]>;
  /**
   * The definition that a call runs, found by the very object of its request. For a call without a
   * session here, what `get` returns.
   */
  ofCall(request: { readonly agent: string }): Agent | undefined;
  /** From now on the call of this request runs this definition. */
  pin(request: { readonly agent: string }, agent: Agent): void;
  /** The listener is called after each change. Returns what ends that. */
  onChange(listener: () => void): () => void;
  /** From now on no new definition is used before this check has passed. */
  addCheck(check: AgentCheck): void;
}

/** The agents that a definition would stand beside. */
export interface AgentPeers {
  /** By name, this definition included; those that are in use already come first. */
  readonly agents: ReadonlyMap<string, Agent>;
  /** Also of agents that are unusable. */
  readonly names: ReadonlySet<string>;
}

/** Finds what is wrong with a definition beyond its file, and makes ready what its calls need. */
export type AgentCheck = (
  agent: Agent,
  peers: AgentPeers,
) => readonly FoundProblem[] | Promise<readonly FoundProblem[]>;

/** Problems that keep the server from starting, one sentence each, beginning with the file's path. */
export class AgentsError extends Error {
  override readonly name = "AgentsError";
  constructor(readonly problems: readonly string[]) {
    super(`Cannot use these agents:\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
  }
}

/** There is no agent of the default's name. */
export class UnknownDefault extends AgentsError {
  constructor(problems: readonly string[], readonly known: readonly string[]) {
    super(problems);
  }
}

export type ReadAgent =
  | {
    readonly ok: true;
    readonly agent: Agent;
    /** The line of a field, counted from 1. */
    readonly lineOf: (path: string) => number | undefined;
    /** What the operator should know of it. */
    readonly warnings?: readonly AgentProblem[];
  }
  | {
    readonly ok: false;
    readonly problems: readonly AgentProblem[];
    readonly voice: AgentVoice;
  };

/** Longer prompts cost tokens in every turn and delay the model's first word. */
export const MAX_FILE_LENGTH = 64 * 1024;

/** Reads one agent's file: front matter between two lines of `---`, then the instructions. */
export function readAgent(name: string, text: string): ReadAgent {
  if (!NAME.test(name)) {
    return refused("the file's name must be lower-case letters, digits, - and _");
  }
  if (text.length > MAX_FILE_LENGTH) {
    return refused(`is longer than ${MAX_FILE_LENGTH} characters`);
  }
  const read = readFrontMatter(text);
  if (!read.ok) return { ok: false, problems: [read.problem], voice: {} };
  const { lineOf } = read;
  const instructions = read.body.trim();
  const checked = agentFrontMatter.safeParse(read.fields);
  const problems: AgentProblem[] = checked.success
    ? []
    : [...schemaProblems(agentFrontMatter, checked.error.issues, read.fields)];
  if (instructions === "") problems.push({ message: "has no instructions below the front matter" });
  if (checked.success && checked.data.name !== undefined && checked.data.name !== name) {
    problems.push({
      path: "name",
      message: `is "${checked.data.name}", but the file is called ${name}.md`,
    });
  }
  if (checked.success && problems.length === 0) {
    const agent = { ...checked.data, name, version: versionOf(text, []), instructions };
    return { ok: true, agent, lineOf };
  }
  const voice = agentVoice.safeParse(read.fields);
  return {
    ok: false,
    problems: placedProblems(problems, lineOf),
    voice: voice.success ? voice.data : {},
  };
}

function refused(message: string): ReadAgent {
  return { ok: false, problems: [{ message }], voice: {} };
}
