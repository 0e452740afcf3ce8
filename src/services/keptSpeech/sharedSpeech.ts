import type { KeptSentence } from "../../call/keptSpeech.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import type { Log } from "../../utils/logger.ts";
import type { KeptRow, KeptSpeechStore } from "../store.ts";
import { SpeechCache } from "./speechCache.ts";

export interface SharedSpeechDeps {
  readonly store: KeptSpeechStore;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Pick<Log, "warn">;
}

const MAX_BYTES = 64 * 1024 * 1024;
/** How often the store is asked for a sentence that another process may have kept by now. */
const LOOKUP_MS = 2000;
const MAX_UNSAVED = 20;
/** Far below what a statement may have as parameters. */
const KEYS_AT_A_TIME = 500;

/** Sentences without personal data: in memory, where calls find them at once, and in the store. */
export class SharedSpeech {
  readonly #deps: SharedSpeechDeps;
  readonly #cache = new SpeechCache({ maxBytes: MAX_BYTES });
  readonly #lookedUp = new BoundedMap<string, number>(10_000);
  /** What the store has not taken yet. */
  readonly #unsaved = new BoundedMap<string, KeptRow>(MAX_UNSAVED);
  readonly #pending = new Set<Promise<void>>();

  constructor(deps: SharedSpeechDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#cache.size;
  }

  get bytes(): number {
    return this.#cache.bytes;
  }

  /** Where it is not in memory, the store is asked for the next time. */
  get(key: string): KeptSentence | undefined {
    const now = this.#deps.now();
    const found = this.#cache.get(key, now);
    if (found !== undefined) return found;
    if (now - (this.#lookedUp.get(key) ?? -Infinity) >= LOOKUP_MS) {
      this.#inBackground(this.load([key]));
    }
    return undefined;
  }

  /** Loads what the store has of these. Rejects where it does not answer. */
  async load(keys: readonly string[]): Promise<void> {
    const { store, now } = this.#deps;
    const wanted = keys.filter((key) => this.#cache.get(key, now()) === undefined);
    for (const key of wanted) this.#lookedUp.set(key, now());
    for (let at = 0; at < wanted.length; at += KEYS_AT_A_TIME) {
      const rows = await store.load(wanted.slice(at, at + KEYS_AT_A_TIME), now());
      for (const { key, text, audio } of rows) this.#cache.keep(key, { text, audio }, now());
    }
  }

  keep(row: KeptRow): void {
    const { key, text, audio } = row;
    this.#cache.keep(key, { text, audio }, this.#deps.now());
    this.#unsaved.set(key, row);
    this.save();
  }

  /** Writes what could not be written before. */
  save(): void {
    for (const [key, row] of this.#unsaved) {
      this.#unsaved.delete(key);
      this.#inBackground(
        this.#deps.store.keep(row, this.#deps.now()).catch((error) => {
          this.#unsaved.set(key, row);
          throw error;
        }),
      );
    }
  }

  /** Resolves when nothing is read or written any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #inBackground(work: Promise<void>): void {
    const pending: Promise<void> = work
      .catch((error) => this.#deps.log.warn("Kept speech not in step with the store", { error }))
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }
}
