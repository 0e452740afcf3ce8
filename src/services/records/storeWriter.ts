import { type CallStore, type CallWrite, StatementRefused } from "../store.ts";
import { WriteQueue } from "./writeQueue.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export type RecorderHealth =
  | { readonly status: "ok" }
  | {
    /** The store fails or does not answer; writes wait in memory while calls go on. */
    readonly status: "degraded";
    readonly sinceMs: number;
    readonly waiting: number;
    /** Writes dropped for want of room; never the beginning or end of a call. */
    readonly dropped: number;
  };

/** `now` is in milliseconds since 1970. */
export interface StoreWriterDeps extends Clock {
  readonly callStore: Pick<CallStore, "write">;
  readonly log: Pick<Log, "info" | "error">;
  readonly maxDetails: number;
}

/**
 * Writes within this time share a transaction: one of its own costs each more than what it carries. It is
 * what a crash may lose.
 */
const GATHER_MS = 40;
/** A write that takes longer makes the health degraded, though it may still succeed. */
const STALL_MS = 2000;
const MAX_BATCH = 500;
const MAX_RETRY_MS = 5000;

/** Writes to the store in batches, one at a time, and retries until they succeed. */
export class StoreWriter {
  readonly #deps: StoreWriterDeps;
  readonly #queue: WriteQueue;
  #degradedSince: number | undefined;
  #failures = 0;
  #writing: Promise<void> | undefined;
  #stopWaiting: (() => void) | undefined;
  #closed = false;

  constructor(deps: StoreWriterDeps) {
    this.#deps = deps;
    this.#queue = new WriteQueue(deps.maxDetails);
  }

  get health(): RecorderHealth {
    if (this.#degradedSince === undefined) return { status: "ok" };
    const { size, dropped } = this.#queue;
    return { status: "degraded", sinceMs: this.#degradedSince, waiting: size, dropped };
  }

  /** Whether the beginning or end of a call is not durable yet. */
  holds(callId: string): boolean {
    return this.#queue.holds(callId);
  }

  enqueue(write: CallWrite): void {
    this.#queue.enqueue(write);
    if (this.#writing === undefined) this.#writeAfter(GATHER_MS);
  }

  /** Resolves when all earlier writes are durable; rejects when the store fails. */
  async flush(): Promise<void> {
    if (this.#queue.size > 0) this.#writing ??= this.#writeAll();
    await this.#writing;
  }

  /** Tries once more to write what waits, then stops. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopWaiting?.();
    try {
      await this.#writing?.catch(() => {});
      await this.flush();
    } catch (error) {
      this.#deps.log.error("Records lost at the end", { error, waiting: this.#queue.size });
    }
  }

  /** The store has failed, here or for another caller. */
  degrade(error: unknown): void {
    if (this.#degradedSince !== undefined || this.#closed) return;
    this.#degradedSince = this.#deps.now();
    this.#deps.log.error("Store unavailable, calls go on", {
      error,
      waiting: this.#queue.size,
    });
  }

  /** The store has answered. */
  recover(): void {
    if (this.#degradedSince === undefined || this.#queue.size > 0) return;
    this.#deps.log.info("Store available again", {
      afterMs: Math.round(this.#deps.now() - this.#degradedSince),
      dropped: this.#queue.dropped,
    });
    this.#degradedSince = undefined;
  }

  #writeAfter(delayMs: number): void {
    if (this.#closed) return;
    this.#stopWaiting ??= this.#deps.setTimer(() => {
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
      // Synchronously with the last check of the queue: a later write starts another run.
      this.#writing = undefined;
    }
  }

  async #writeBatch(batch: readonly CallWrite[]): Promise<void> {
    const stopWatching = this.#deps.setTimer(() => this.degrade("timeout"), STALL_MS);
    try {
      await this.#deps.callStore.write(batch);
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error;
      for (const write of batch) await this.#writeAlone(write);
    } finally {
      stopWatching();
    }
  }

  /** One write of a refused batch; it is logged and dropped where it is refused again. */
  async #writeAlone(write: CallWrite): Promise<void> {
    try {
      await this.#deps.callStore.write([write]);
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error;
      const { callId, type } = write;
      this.#deps.log.error("Record refused by the store", { callId, kind: type, error });
    }
  }
}
