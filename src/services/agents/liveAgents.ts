import type { AgentProblem } from "../../config/agentProblem.ts";
import type { AgentReading } from "../../config/agentReading.ts";
import type { Agent, AgentCheck, Agents, AgentSet, UnusableAgent } from "../../config/agents.ts";

/** One agent of the folder. */
export interface AgentEntry {
  readonly name: string;
  /** What calls get: of the newest reading, or of the last one that was good. */
  readonly agent?: Agent | undefined;
  /** The text that `agent` was read from. */
  readonly text?: string | undefined;
  /** Of the file as it is now. */
  readonly reading: AgentReading;
}

/** The agents that calls get now, and the definitions that calls under way keep. */
export class LiveAgents implements Agents {
  #entries: ReadonlyMap<string, AgentEntry>;
  #current: AgentSet;
  #problems: ReadonlyMap<string, readonly AgentProblem[]>;
  readonly #checks: AgentCheck[];
  /** By the request of each call: gone with it. */
  readonly #pinned = new WeakMap<object, Agent>();
  readonly #texts = new WeakMap<Agent, string>();
  readonly #listeners = new Set<() => void>();
  readonly #pinListeners = new Set<(agent: Agent) => void>();

  readonly #onFault: (error: unknown) => void;

  /** `onFault` gets what a listener has thrown: the others are called all the same. */
  constructor(
    entries: readonly AgentEntry[] = [],
    checks: readonly AgentCheck[] = [],
    onFault: (error: unknown) => void = () => {},
  ) {
    this.#checks = [...checks];
    this.#onFault = onFault;
    [this.#entries, this.#current, this.#problems] = this.#indexed(entries);
  }

  get names(): readonly string[] {
    return this.#current.names;
  }

  get unusable(): AgentSet["unusable"] {
    return this.#current.unusable;
  }

  get problems(): ReadonlyMap<string, readonly AgentProblem[]> {
    return this.#problems;
  }

  /** All agents of the folder, usable or not, by name. */
  get entries(): ReadonlyMap<string, AgentEntry> {
    return this.#entries;
  }

  get checks(): readonly AgentCheck[] {
    return this.#checks;
  }

  get(name: string): Agent | undefined {
    return this.#current.get(name);
  }

  ofCall(request: { readonly agent: string }): Agent | undefined {
    return this.#pinned.get(request) ?? this.get(request.agent);
  }

  pin(request: { readonly agent: string }, agent: Agent): void {
    this.#pinned.set(request, agent);
    for (const listener of this.#pinListeners) listener(agent);
  }

  /** The text of the file that a definition was read from. */
  textOf(agent: Agent): string | undefined {
    return this.#texts.get(agent);
  }

  /** The listener is called when a call begins with a definition, or goes on with one. */
  onPin(listener: (agent: Agent) => void): () => void {
    this.#pinListeners.add(listener);
    return () => void this.#pinListeners.delete(listener);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  addCheck(check: AgentCheck): void {
    this.#checks.push(check);
  }

  /** For calls to come. */
  replace(entries: readonly AgentEntry[]): void {
    [this.#entries, this.#current, this.#problems] = this.#indexed(entries);
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#onFault(error);
      }
    }
  }

  #indexed(entries: readonly AgentEntry[]) {
    const agents = new Map<string, Agent>();
    const unusable = new Map<string, UnusableAgent>();
    const problems = new Map<string, readonly AgentProblem[]>();
    const sorted = entries.toSorted((a, b) => a.name < b.name ? -1 : 1);
    for (const { name, agent, text, reading: { result } } of sorted) {
      if (agent !== undefined) {
        agents.set(name, agent);
        if (text !== undefined) this.#texts.set(agent, text);
      }
      if (result.ok) continue;
      problems.set(name, result.problems);
      if (agent === undefined) unusable.set(name, result);
    }
    const current: AgentSet = {
      names: [...agents.keys()],
      get: (name) => agents.get(name),
      unusable,
    };
    return [new Map(sorted.map((each) => [each.name, each])), current, problems] as const;
  }
}
