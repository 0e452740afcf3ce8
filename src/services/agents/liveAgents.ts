import type { Agent, Agents, AgentSet } from "../../config/agents.ts";

/** The agents that calls get now, and the definitions that calls under way keep. */
export class LiveAgents implements Agents {
  #current: AgentSet;
  /** By the request of each call: gone with it. */
  readonly #pinned = new WeakMap<object, Agent>();
  readonly #listeners = new Set<() => void>();

  constructor(first: AgentSet) {
    this.#current = first;
  }

  get names(): readonly string[] {
    return this.#current.names;
  }

  get unusable(): AgentSet["unusable"] {
    return this.#current.unusable;
  }

  get(name: string): Agent | undefined {
    return this.#current.get(name);
  }

  ofCall(request: { readonly agent: string }): Agent | undefined {
    return this.#pinned.get(request) ?? this.get(request.agent);
  }

  pin(request: { readonly agent: string }, agent: Agent): void {
    this.#pinned.set(request, agent);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** For calls to come. */
  replace(next: AgentSet): void {
    this.#current = next;
    for (const listener of this.#listeners) listener();
  }
}
