import type { ModelSink, RealtimeClient } from "../../call/realtimeClient.ts";
import type { Log } from "../../utils/logger.ts";

/** The open connections to models; those no longer in use are closed. */
export class OpenConnections {
  readonly #open = new Map<RealtimeClient, ModelSink>();
  /** Unused at the last look; a new connection is unused for a moment too. */
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

  /** To be called from time to time: closes the connections that were unused the last time too. */
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
