import type { Log } from "../../utils/logger.ts";

/** Carries small messages between the processes that share a database. */
export interface InstanceBus {
  /** This process. */
  readonly instanceId: string;
  /** Whether others can be reached at all. */
  readonly isShared: boolean;
  /** Tells all others. Rejects where that fails, in bounded time: whether they hear it is then unknown. */
  publish(topic: string, body: unknown): Promise<void>;
  /** Hears what others publish, of each process in its order; `body` is what JSON can hold. */
  subscribe(topic: string, take: (body: unknown, from: string) => void): () => void;
  /** Hears when something that others have published may have been lost. */
  onGap(take: () => void): () => void;
  close(): Promise<void>;
}

export interface InstanceBusOptions {
  readonly instanceId: string;
  readonly log: Pick<Log, "warn">;
}

/** The bus of a process that shares its database with no other. */
export function createLoneBus(instanceId: string): InstanceBus {
  const nothing = () => {};
  return {
    instanceId,
    isShared: false,
    publish: () => Promise.resolve(),
    subscribe: () => nothing,
    onGap: () => nothing,
    close: () => Promise.resolve(),
  };
}
