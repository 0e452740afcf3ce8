import type { Log } from "../../utils/logger.ts";

/** Carries small messages between the processes that share a database. */
export interface InstanceBus {
  /** This process. */
  readonly instanceId: string;
  /** Whether other processes can be reached at all. */
  readonly isShared: boolean;
  /** Sends to all others. Rejects in bounded time where that fails: whether it arrives is then unknown. */
  publish(topic: string, body: unknown): Promise<void>;
  /** Receives what others publish, of each process in its order; `body` is what JSON can hold. */
  subscribe(topic: string, listener: (body: unknown, from: string) => void): () => void;
  /** Called when messages of others may have been lost. */
  onGap(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface InstanceBusOptions {
  readonly instanceId: string;
  readonly log: Pick<Log, "warn">;
}

/** The bus of a process that shares its database with no other. */
export function createLoneBus(instanceId: string): InstanceBus {
  const unsubscribe = () => {};
  return {
    instanceId,
    isShared: false,
    publish: () => Promise.resolve(),
    subscribe: () => unsubscribe,
    onGap: () => unsubscribe,
    close: () => Promise.resolve(),
  };
}
