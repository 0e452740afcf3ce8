import { type DatabaseSettings, isShared, type Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import { newId } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import type { SlotHolder, Store } from "../store.ts";
import { createLoneBus, type InstanceBus, type InstanceBusOptions } from "./bus.ts";
import { openKeyRevocation } from "./keyRevocation.ts";
import { openLifeLocks } from "./lifeLocks.ts";
import { createInstanceRpc } from "./rpc.ts";

export interface ClusterDeps extends Pick<Clock, "setTimer"> {
  readonly settings: Pick<Settings, "database" | "server">;
  readonly store: Pick<Store, "clock" | "instances" | "revokedKeys">;
  readonly log: Log;
}

/** This process among those that share its database. */
export type Cluster = Awaited<ReturnType<typeof openCluster>>;

/** Joins the other processes; alone where the database is a file. */
export async function openCluster(
  { settings: { database, server }, store, setTimer, log }: ClusterDeps,
) {
  await using opening = new AsyncDisposableStack();
  const bus = await openInstanceBus(database, { instanceId: newId("inst"), log });
  opening.defer(bus.close);
  const rpc = createInstanceRpc({ bus, setTimer, log });
  opening.defer(rpc.close);
  const revocation = await openKeyRevocation({
    keys: store.revokedKeys,
    apiKeys: server.apiKeys,
    bus,
    now: store.clock.now,
    setTimer,
    log,
  });
  opening.defer(revocation.close);
  rpc.handle(LIVES, () => true);
  const locks = database.kind === "sqlite" && isShared(database)
    ? await openLifeLocks(database.path, { instanceId: bus.instanceId, log })
    : undefined;
  if (locks !== undefined) opening.defer(locks.close);
  const opened = opening.move();

  /** Some hosts give all machines one name: where a process can be asked whether it still runs, it is. */
  async function answers(instanceId: string): Promise<boolean> {
    if (rpc.isSingle) return false;
    const answer = deadline(rpc.request(LIVES, {}, instanceId), ANSWER_MS, setTimer);
    return await answer.then(() => true, () => false);
  }

  /** Those of these processes that may still run; for processes on one database file the answer is exact. */
  async function living(instanceIds: readonly string[]): Promise<readonly string[]> {
    if (locks === undefined) return instanceIds;
    const found: string[] = [];
    for (const id of instanceIds) {
      if (await locks.lives(id) !== false) found.push(id);
      else await forget(id);
    }
    return found;
  }

  /** Records that a process is gone: its calls have no process from now on. */
  async function forget(instanceId: string): Promise<void> {
    await store.instances.leave(instanceId);
    await locks?.remove(instanceId);
  }

  return {
    instanceId: bus.instanceId,
    bus,
    rpc,
    revocation,
    living,
    /** Records where this process listens; another process that listened there is gone. Never rejects. */
    async occupy(address: Address | undefined): Promise<void> {
      // Where that is not known, it has a slot of its own: see `Beat.answers`.
      const slot = address && slotOf(address) || bus.instanceId;
      try {
        const others = await store.instances.occupySlot(bus.instanceId, slot);
        await Promise.all(others.map(async (other) => {
          if (!await answers(other)) await forget(other);
        }));
        await living((await store.instances.beats()).map((beat) => beat.instanceId));
      } catch (error) {
        log.warn("Slot not recorded", { error });
      }
    },
    /** This process is about to stop listening there. Never rejects. */
    async leave(): Promise<void> {
      await store.instances.markLeaving(bus.instanceId)
        .catch((error) => log.warn("Leaving not recorded", { error }));
    },
    /** The other process of this database that listens at a port of this machine, if one does. Never rejects. */
    async holderOf(port: number): Promise<SlotHolder | undefined> {
      const machine = machineName();
      if (machine === undefined) return undefined;
      return await store.instances.holderOf(`${machine} %:${port}`, bus.instanceId)
        .catch(() => undefined);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const LIVES = "lives";
/** A running process answers within some milliseconds. */
const ANSWER_MS = 1000;

interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** The machine belongs to it: containers on one machine all listen at the same port of their own. */
function slotOf({ hostname, port }: Address): string | undefined {
  const machine = machineName();
  return machine && `${machine} ${hostname}:${port}`;
}

function machineName(): string | undefined {
  try {
    return Deno.hostname();
  } catch {
    // Without the permission, silent heartbeats show which processes are gone.
    return undefined;
  }
}

/** Postgres carries messages; a file does not, so there every process is on its own. */
async function openInstanceBus(
  database: DatabaseSettings,
  options: InstanceBusOptions,
): Promise<InstanceBus> {
  if (database.kind === "sqlite") return createLoneBus(options.instanceId);
  const { openPostgresBus } = await import("./postgresBus.ts");
  return await openPostgresBus(database.url, options);
}
