import type { Agent } from "../../config/agents.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import type { AgentVersionStore, VersionUse } from "../store.ts";

export interface UsedVersionsDeps extends Clock {
  readonly store: Pick<AgentVersionStore, "record">;
  readonly log: Pick<Log, "warn">;
}

/** A version that is new is kept soon; how often it is used is written from time to time. */
const FIRST_MS = 200;
const LATER_MS = 30_000;
/** While the store is away. */
const MAX_WAITING = 1000;

/** Keeps the versions that calls use; nothing here waits, or makes a call wait. */
export class UsedVersions {
  readonly #deps: UsedVersionsDeps;
  readonly #known = new Set<string>();
  #waiting = new Map<string, VersionUse>();
  #timer: { readonly dueAt: number; readonly cancel: () => void } | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: UsedVersionsDeps) {
    this.#deps = deps;
  }

  /** A call begins with this definition. */
  add({ name, version }: Agent, text: string | undefined): void {
    if (text === undefined) return;
    const key = `${name} ${version}`;
    const at = this.#deps.now();
    const before = this.#waiting.get(key);
    if (before === undefined && this.#waiting.size >= MAX_WAITING) return;
    const uses = (before?.uses ?? 0) + 1;
    this.#waiting.set(key, {
      agent: name,
      version,
      text,
      firstUsedAt: before?.firstUsedAt ?? at,
      lastUsedAt: at,
      uses,
    });
    this.#schedule(this.#known.has(key) ? LATER_MS : FIRST_MS);
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#writing;
    this.#write();
    await this.#writing;
    this.#timer?.cancel();
  }

  #schedule(delayMs: number): void {
    const dueAt = this.#deps.now() + delayMs;
    if (this.#timer !== undefined && this.#timer.dueAt <= dueAt) return;
    this.#timer?.cancel();
    const cancel = this.#deps.setTimer(() => {
      this.#timer = undefined;
      this.#write();
    }, delayMs);
    this.#timer = { dueAt, cancel };
  }

  #write(): void {
    this.#writing = this.#writing.then(async () => {
      const uses = [...this.#waiting];
      if (uses.length === 0) return;
      this.#waiting = new Map();
      try {
        await this.#deps.store.record(uses.map(([, use]) => use));
        for (const [key] of uses) this.#known.add(key);
      } catch (error) {
        this.#deps.log.warn("Versions of agents not written", { error });
        for (const [key, use] of uses) this.#waiting.set(key, joined(use, this.#waiting.get(key)));
        this.#schedule(LATER_MS);
      }
    });
  }
}

function joined(first: VersionUse, then: VersionUse | undefined): VersionUse {
  if (then === undefined) return first;
  return { ...then, firstUsedAt: first.firstUsedAt, uses: first.uses + then.uses };
}
