import type { FoundProblem } from "../../config/agentProblem.ts";
import { type AgentFiles, inFolder } from "../../config/agentFiles.ts";
import { type AgentReading, readAgentFile, withProblems } from "../../config/agentReading.ts";
import type { Agent, AgentCheck, AgentPeers, ReadAgent } from "../../config/agents.ts";
import type { AgentEntry, LiveAgents } from "./liveAgents.ts";

export interface AgentFolderOptions {
  readonly dir: string;
  readonly defaultAgent: string;
  readonly files: AgentFiles;
}

/** What was there before, and what may have changed since. */
export interface FolderLook {
  readonly before: ReadonlyMap<string, AgentEntry>;
  readonly checks: readonly AgentCheck[];
  /** Paths of files that are read in any case. */
  readonly changed?: ReadonlySet<string>;
}

/** At a file that is written again and again. */
const MAX_LOOKS = 5;

/** The folder of the agents: reads what has changed since it was last looked at. */
export class AgentFolder {
  readonly #options: AgentFolderOptions;
  readonly #stamps = new Map<string, string>();
  /**
   * How often in a row files were not there, or not whole: an editor or a checkout may be about to write
   * them anew.
   */
  #unfinished: ReadonlyMap<string, number> = new Map();

  constructor(options: AgentFolderOptions) {
    this.#options = options;
  }

  /**
   * The agents as their files are now; the very entries of those that have not changed. `again` where
   * files are gone that were there, or seem to be half written: what they are at a later look is believed.
   * Rejects where the folder cannot be read.
   */
  async look({ before, checks, changed = new Set() }: FolderLook): Promise<{
    readonly entries: readonly AgentEntry[];
    readonly again: boolean;
  }> {
    const { dir, files } = this.#options;
    const names = await agentNames(dir, files);
    const present = new Set(names);
    const unfinished = new Map<string, number>();
    const waitFor = (name: string) => unfinished.set(name, this.#looksAt(name) + 1);
    const kept: AgentEntry[] = [];
    const read: AgentReading[] = [];
    for (const name of names) {
      const entry = before.get(name);
      const { stamp, paths } = await this.#stampOf(name, entry);
      const isSame = stamp !== undefined && stamp === this.#stamps.get(name) &&
        !paths.some((path) => changed.has(path));
      if (entry !== undefined && isSame) {
        kept.push(entry);
        continue;
      }
      const reading = await readAgentFile(name, dir, files);
      if (entry !== undefined && await this.#isUnfinished(reading, entry, stamp)) {
        waitFor(name);
        kept.push(entry);
        continue;
      }
      if (stamp === undefined) this.#stamps.delete(name);
      else this.#stamps.set(name, stamp);
      read.push(reading);
    }
    for (const [name, entry] of before) {
      if (present.has(name)) continue;
      if (this.#looksAt(name) === 0) waitFor(name);
      const stays = unfinished.has(name) ? entry : this.#withoutFile(entry);
      if (stays === undefined) this.#stamps.delete(name);
      else kept.push(stays);
    }
    this.#unfinished = unfinished;
    const isChanged = read.length > 0 || names.length < before.size;
    // What these lacked may be another agent.
    const faulty = new Set(
      kept.filter((it) => isChanged && !it.reading.result.ok && present.has(it.name)),
    );
    for (const { name } of faulty) read.push(await readAgentFile(name, dir, files));
    const same = kept.filter((entry) => !faulty.has(entry));
    const checked = await checkedReadings(read, same, { before, checks });
    const entries = checked.map((reading) => entryOf(reading, before.get(reading.name)));
    return { entries: [...same, ...entries], again: unfinished.size > 0 };
  }

  #looksAt(name: string): number {
    return this.#unfinished.get(name) ?? 0;
  }

  /** Whether what is wrong with a file may be that it was read while it was written. */
  async #isUnfinished(
    { name, text, result }: AgentReading,
    entry: AgentEntry,
    stamp: string | undefined,
  ): Promise<boolean> {
    const looks = this.#looksAt(name);
    if (text === undefined) return looks === 0;
    if (result.ok || entry.agent === undefined || looks >= MAX_LOOKS) return false;
    return text.trim() === "" && looks === 0 || (await this.#stampOf(name, entry)).stamp !== stamp;
  }

  /** The agent of calls that name none stays, so that they are answered. */
  #withoutFile(entry: AgentEntry): AgentEntry | undefined {
    const { name } = entry;
    if (name !== this.#options.defaultAgent) return undefined;
    const message =
      "is gone; DEFAULT_AGENT names it, so its last good version stays in use until the server stops";
    const { reading } = entry;
    if (!reading.result.ok && reading.result.problems[0]?.message === message) return entry;
    const voice = reading.result.ok ? {} : reading.result.voice;
    return {
      ...entry,
      reading: { name, companions: [], result: { ok: false, problems: [{ message }], voice } },
    };
  }

  /** Of the agent's file and of all that it is known to need. */
  async #stampOf(name: string, entry: AgentEntry | undefined): Promise<{
    readonly stamp: string | undefined;
    readonly paths: readonly string[];
  }> {
    const { dir, files } = this.#options;
    const companions = entry?.reading.companions ?? [];
    const all = [`${name}.md`, ...companions];
    const paths = all.map((file) => inFolder(dir, file));
    if (files.stamp === undefined) return { stamp: undefined, paths };
    const stamps: string[] = [];
    for (const path of paths) {
      const stamp = await files.stamp(path).catch(() => undefined);
      stamps.push(`${path} ${stamp?.id} ${stamp?.state}`);
    }
    return { stamp: stamps.join("\n"), paths };
  }
}

/** Names of the files that are agents', without `.md`. */
async function agentNames(dir: string, files: AgentFiles): Promise<readonly string[]> {
  // Editors keep temporary files beside those that they change, with a leading dot.
  return (await files.list(dir)).filter((file) => /^[^.].*\.md$/s.test(file)).sort()
    .map((file) => file.slice(0, -".md".length));
}

async function checkedReadings(
  read: readonly AgentReading[],
  kept: readonly AgentEntry[],
  { before, checks }: Pick<FolderLook, "before" | "checks">,
): Promise<readonly AgentReading[]> {
  const agents = new Map<string, Agent>();
  for (const { name, agent } of kept) if (agent !== undefined) agents.set(name, agent);
  for (const { name, result } of read.toSorted((a, b) => a.name < b.name ? -1 : 1)) {
    const agent = result.ok ? result.agent : before.get(name)?.agent;
    if (agent !== undefined) agents.set(name, agent);
  }
  const names = new Set([...kept, ...read].map(({ name }) => name));
  const peers = { agents, names };
  const checked: AgentReading[] = [];
  for (const reading of read) {
    const { result } = reading;
    checked.push(
      result.ok
        ? { ...reading, result: withProblems(result, await found(result.agent, peers, checks)) }
        : reading,
    );
  }
  return checked;
}

/** What was read, refused where the checks of the live agents find problems. */
export async function checkAgainst(
  live: Pick<LiveAgents, "checks" | "entries">,
  result: Extract<ReadAgent, { readonly ok: true }>,
): Promise<ReadAgent> {
  const agents = new Map<string, Agent>();
  for (const { name, agent } of live.entries.values()) {
    if (agent !== undefined) agents.set(name, agent);
  }
  agents.set(result.agent.name, result.agent);
  const peers = { agents, names: new Set([...live.entries.keys(), result.agent.name]) };
  return withProblems(result, await found(result.agent, peers, live.checks));
}

/** What checks find; one that fails is a problem too. */
export async function found(
  agent: Agent,
  peers: AgentPeers,
  checks: readonly AgentCheck[],
): Promise<readonly FoundProblem[]> {
  const problems: FoundProblem[] = [];
  for (const check of checks) {
    try {
      problems.push(...await check(agent, peers));
    } catch (error) {
      problems.push(`cannot be used: ${error instanceof Error ? error.message : "unknown"}`);
    }
  }
  return problems;
}

function entryOf(reading: AgentReading, before: AgentEntry | undefined): AgentEntry {
  const { name, text, result } = reading;
  if (before !== undefined && isSame(reading, before.reading)) return before;
  if (!result.ok) return { name, agent: before?.agent, text: before?.text, reading };
  // What has become good again is the definition that is in use, where nothing of it changed.
  const isBack = before?.agent?.version === result.agent.version;
  return { name, agent: isBack ? before.agent : result.agent, text, reading };
}

function isSame(reading: AgentReading, before: AgentReading): boolean {
  const [a, b] = [reading.result, before.result];
  if (a.ok && b.ok) {
    return a.agent.version === b.agent.version &&
      JSON.stringify(a.warnings) === JSON.stringify(b.warnings);
  }
  if (a.ok || b.ok || reading.text !== before.text) return false;
  return JSON.stringify(a.problems) === JSON.stringify(b.problems);
}
