import type { NetworkContext } from "../networkContext.ts";
import { Conference } from "./conference.ts";

/** The conferences of an account, the oldest first; the last thousand. */
export class Conferences {
  readonly #context: NetworkContext;
  #all: readonly Conference[] = [];

  constructor(context: NetworkContext) {
    this.#context = context;
  }

  get all(): readonly Conference[] {
    return this.#all;
  }

  /** The conference with that SID, or the one under way with that name. */
  find(sidOrName: string): Conference | undefined {
    return this.#all.find((it) =>
      it.sid === sidOrName || (it.name === sidOrName && it.status !== "completed")
    );
  }

  /** The conference under way with that name; a new one where there is none. */
  open(name: string): Conference {
    const found = this.find(name);
    if (found !== undefined) return found;
    const conference = new Conference(this.#context, name);
    this.#all = [...this.#all.slice(-maxConferences + 1), conference];
    return conference;
  }

  /** Resolves when all callbacks are delivered or given up. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#all.map((conference) => conference.settled()));
  }
}

const maxConferences = 1_000;
