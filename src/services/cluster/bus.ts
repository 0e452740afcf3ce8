import type { DatabaseSettings } from "../../config/settings.ts";
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

/** Postgres carries messages; a file does not, so there every process is on its own. */
export async function openInstanceBus(
  database: DatabaseSettings,
  options: InstanceBusOptions,
): Promise<InstanceBus> {
  if (database.kind === "sqlite") return createLoneBus(options.instanceId);
  const { openPostgresBus } = await import("./postgresBus.ts");
  return await openPostgresBus(database.url, options);
}

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
