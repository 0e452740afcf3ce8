import { type CallStore, type CallWrite, StatementRefused } from "../store.ts";
import { WriteQueue } from "./writeQueue.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export type RecorderHealth =
  | { readonly status: "ok" }
  | {
    /** The store fails or does not answer; calls go on and what happens in them waits here. */
    readonly status: "degraded";
    readonly sinceMs: number;
    readonly waiting: number;
    /** Details that there was no room for; never that a call was or how it ended. */
    readonly dropped: number;
  };

export interface StoreWriterOptions {
  readonly calls: Pick<CallStore, "write">;
  readonly now: () => number;
  readonly log: Pick<Log, "info" | "error">;
  readonly setTimer: Clock["setTimer"];
  readonly maxDetails: number;
}

/** Writes that come within so long of one another share a transaction. */
const GATHER_MS = 5;
/** A write that takes longer is reported, though it may still succeed. */
const STALL_MS = 2000;
const MAX_BATCH = 500;
const MAX_RETRY_MS = 5000;

/** Brings writes to the store in batches, one after another, and again until it takes them. */
export class StoreWriter {
  readonly #options: StoreWriterOptions;
  readonly #queue: WriteQueue;
  #degradedSince: number | undefined;
  #failures = 0;
  #writing: Promise<void> | undefined;
  #stopWaiting: (() => void) | undefined;
  #closed = false;

  constructor(options: StoreWriterOptions) {
    this.#options = options;
    this.#queue = new WriteQueue(options.maxDetails);
  }

  get health(): RecorderHealth {
    if (this.#degradedSince === undefined) return { status: "ok" };
    const { size, dropped } = this.#queue;
    return { status: "degraded", sinceMs: this.#degradedSince, waiting: size, dropped };
  }

  /** Whether that a call was, or how it ended, is not durable yet. */
  holds(callId: string): boolean {
    return this.#queue.holds(callId);
  }

  add(write: CallWrite): void {
    this.#queue.add(write);
    if (this.#writing === undefined) this.#writeAfter(GATHER_MS);
  }

  /** Settles when all that was added before is durable; rejects when the store fails meanwhile. */
  async flush(): Promise<void> {
    if (this.#queue.size > 0) this.#writing ??= this.#writeAll();
    await this.#writing;
  }

  /** Tries once more to write what waits, and no more after that. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopWaiting?.();
    try {
      await this.#writing?.catch(() => {});
      await this.flush();
    } catch (error) {
      this.#options.log.error("Records lost at the end", { error, waiting: this.#queue.size });
    }
  }

  /** The store has failed, here or in somebody else's hands. */
  degrade(error: unknown): void {
    if (this.#degradedSince !== undefined || this.#closed) return;
    this.#degradedSince = this.#options.now();
    this.#options.log.error("Store unavailable, calls go on", {
      error,
      waiting: this.#queue.size,
    });
  }

  /** The store has answered. */
  recover(): void {
    if (this.#degradedSince === undefined || this.#queue.size > 0) return;
    this.#options.log.info("Store available again", {
      afterMs: Math.round(this.#options.now() - this.#degradedSince),
      dropped: this.#queue.dropped,
    });
    this.#degradedSince = undefined;
  }

  #writeAfter(delayMs: number): void {
    if (this.#closed) return;
    this.#stopWaiting ??= this.#options.setTimer(() => {
      this.#stopWaiting = undefined;
      this.flush().catch(() => {
        this.#writeAfter(Math.min(MAX_RETRY_MS, 100 * 2 ** (this.#failures - 1)));
      });
    }, delayMs);
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#queue.size > 0) {
        const batch = this.#queue.peek(MAX_BATCH);
        await this.#writeBatch(batch);
        this.#failures = 0;
        this.#queue.remove(batch);
        this.recover();
      }
    } catch (error) {
      this.#failures++;
      this.degrade(error);
      throw error;
    } finally {
      // Here and not in a callback: what is added right after the last look must start anew.
      this.#writing = undefined;
    }
  }

  async #writeBatch(batch: readonly CallWrite[]): Promise<void> {
    const stopWatching = this.#options.setTimer(() => this.degrade("timeout"), STALL_MS);
    try {
      await this.#options.calls.write(batch);
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error;
      for (const write of batch) await this.#writeAlone(write);
    } finally {
      stopWatching();
    }
  }

  /** One write that the database never takes must not keep all others from it. */
  async #writeAlone(write: CallWrite): Promise<void> {
    try {
      await this.#options.calls.write([write]);
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error;
      const { callId, type } = write;
      this.#options.log.error("Record refused by the store", { callId, kind: type, error });
    }
  }
}
