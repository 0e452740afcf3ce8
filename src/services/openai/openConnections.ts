import type { ModelSink, RealtimeClient } from "../../call/realtimeClient.ts";
import type { Log } from "../../utils/logger.ts";

/** The connections to models that are open; those that nobody wants any more are closed. */
export class OpenConnections {
  readonly #open = new Map<RealtimeClient, ModelSink>();
  /** At the last look; a connection is being opened for a moment before anybody holds it. */
  #unused = new Set<RealtimeClient>();
  readonly #log: Pick<Log, "warn">;
  #orphans = 0;

  constructor(log: Pick<Log, "warn">) {
    this.#log = log;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Connections that were closed because no call had them: a fault of ours. */
  get orphans(): number {
    return this.#orphans;
  }

  add(connection: RealtimeClient, sink: ModelSink): void {
    this.#open.set(connection, sink);
  }

  delete(connection: RealtimeClient): void {
    this.#open.delete(connection);
  }

  /** To be called from time to time: closes what nobody has wanted since the last time. */
  check(): void {
    const unused = new Set<RealtimeClient>();
    for (const [connection, sink] of this.#open) {
      if (sink.inUse()) continue;
      if (!this.#unused.has(connection)) {
        unused.add(connection);
        continue;
      }
      this.#orphans++;
      this.#log.warn("Model connection without a call closed");
      connection.close();
    }
    this.#unused = unused;
  }
}
