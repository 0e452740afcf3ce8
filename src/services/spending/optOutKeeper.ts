import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import type { Log } from "../../utils/logger.ts";
import { sleep } from "../../utils/sleep.ts";
import type { DoNotCallEntry, DoNotCallList } from "../store.ts";

export interface OptOutKeeperDeps extends Pick<Clock, "setTimer"> {
  readonly doNotCall: Pick<DoNotCallList, "add" | "has" | "among">;
  readonly log: Pick<Log, "warn" | "error">;
}

/** Far more people than can opt out of calls while the store is away. */
const MAX_WAITING = 10_000;
const RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** The person is told after so long, also where the store is slow; it is written all the same. */
const PATIENCE_MS = 2_000;
/** For a last attempt as the process ends. */
const CLOSE_MS = 2_000;

interface Waiting {
  readonly entry: DoNotCallEntry;
  readonly written: PromiseWithResolvers<void>;
}

/**
 * Writes opt-outs to the do-not-call list, however long the store is away; until then they hold in this
 * process. One that the process ends with is lost: the log has its call.
 */
export class OptOutKeeper {
  readonly #deps: OptOutKeeperDeps;
  readonly #waiting = new Map<string, Waiting>();
  #writing: Promise<void> | undefined;
  readonly #closed = new AbortController();
  #woken = new AbortController();

  constructor(deps: OptOutKeeperDeps) {
    this.#deps = deps;
  }

  /** Resolves when it is stored, or is waited for no longer; rejects where it cannot be kept. */
  async keepInTime(entry: DoNotCallEntry): Promise<void> {
    const late = new Error("The do-not-call request is still being written");
    try {
      await deadline(this.keep(entry), PATIENCE_MS, this.#deps.setTimer, late);
    } catch (error) {
      if (error !== late) throw error;
    }
  }

  /** Resolves when it is stored; rejects where it cannot be kept. */
  keep(entry: DoNotCallEntry): Promise<void> {
    const known = this.#waiting.get(entry.number);
    if (known !== undefined) return known.written.promise;
    const { log } = this.#deps;
    if (this.#closed.signal.aborted) {
      log.error("Do-not-call request lost: the process ends", { callId: entry.callId });
      return Promise.reject(new Error("Cannot keep the do-not-call request: the process ends"));
    }
    if (this.#waiting.size >= MAX_WAITING) {
      log.error("Do-not-call request lost: too many wait", { callId: entry.callId });
      return Promise.reject(new Error("Cannot keep the do-not-call request: too many wait"));
    }
    const written = Promise.withResolvers<void>();
    this.#waiting.set(entry.number, { entry, written });
    this.#woken.abort();
    this.#writing ??= this.#write();
    return written.promise;
  }

  /** Whether the number is not to be called, by the list or what is still to be written. */
  async has(number: string): Promise<boolean> {
    return this.#waiting.has(number) || await this.#deps.doNotCall.has(number);
  }

  /** Those of some hundred numbers that are not to be called. */
  async among(numbers: readonly string[]): Promise<ReadonlySet<string>> {
    const listed = await this.#deps.doNotCall.among(numbers);
    return new Set(numbers.filter((number) => listed.has(number) || this.#waiting.has(number)));
  }

  /** Tries once more what has not been stored; nothing is kept afterwards. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#woken.abort();
    const { setTimer, log } = this.#deps;
    // An attempt that hangs keeps back no other.
    const attempts = [...this.#waiting.values()].map((each) => this.#add(each));
    const last = Promise.allSettled([this.#writing, ...attempts]);
    await deadline(last, CLOSE_MS, setTimer).catch(() => {});
    for (const { entry: { callId } } of this.#waiting.values()) {
      log.error("Do-not-call request lost: the process ends before it was stored", { callId });
    }
  }

  async #write(): Promise<void> {
    for (let tries = 1; !this.#closed.signal.aborted;) {
      const [next] = this.#waiting.values();
      if (next === undefined) {
        // At once, so that what comes next begins anew.
        this.#writing = undefined;
        return;
      }
      this.#woken = new AbortController();
      try {
        await this.#add(next);
        tries = 1;
      } catch (error) {
        const { entry } = next;
        this.#deps.log.warn("Do-not-call request not written", { callId: entry.callId, error });
        // One that is refused by itself keeps back no other.
        this.#waiting.delete(entry.number);
        this.#waiting.set(entry.number, next);
        const ms = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.min(tries++, 10));
        await sleep(ms, { setTimer: this.#deps.setTimer, signal: this.#woken.signal });
      }
    }
  }

  async #add({ entry, written }: Waiting): Promise<void> {
    await this.#deps.doNotCall.add(entry);
    this.#waiting.delete(entry.number);
    written.resolve();
  }
}
