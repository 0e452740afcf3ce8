import type { Log } from "../../utils/logger.ts";
import type { ModelFaults } from "./modelFaults.ts";
import type { OpenConnections } from "./openConnections.ts";
import type { RefusedParts } from "./refusedParts.ts";
import type { ToolServerHealth } from "./toolServerHealth.ts";
import type { OpenSocket } from "./socket.ts";

/** How a connection behaves; times in milliseconds. */
export interface ConnectionOptions {
  readonly openSocket: OpenSocket;
  readonly connectTimeoutMs: number;
  /** How long the set-up may stay unconfirmed before the call goes on without, if the server speaks. */
  readonly readyTimeoutMs: number;
  /** How long the server may be silent before it is asked for a sign of life. */
  readonly heartbeatMs: number;
  readonly heartbeatTimeoutMs: number;
  /** How much of the caller's audio is kept for a model that is not ready. */
  readonly maxHeldAudioMs: number;
  /** Unsent bytes beyond which the caller's audio is dropped rather than queued. */
  readonly maxBufferedBytes: number;
  readonly fetch: typeof globalThis.fetch;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly faults: ModelFaults;
  readonly refusedParts: RefusedParts;
  /** Counts the connection while it is open. */
  readonly connections?: OpenConnections;
  /** Told of the servers whose tools models run by themselves. */
  readonly toolServers?: Pick<ToolServerHealth, "listed" | "failed">;
  readonly log: Pick<Log, "warn" | "error">;
}
