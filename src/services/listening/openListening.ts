import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { type Cluster, InstanceTimeout } from "../cluster.ts";
import type { Listener, ListeningRefusal } from "./listener.ts";
import { createLocalListening, type LocalListeningDeps } from "./localListening.ts";
import { createRelay } from "./relay.ts";
import { createRemoteListening } from "./remoteListening.ts";

export interface OpenListeningDeps extends Pick<Clock, "setTimer"> {
  readonly settings: { readonly limits: Pick<Settings["limits"], "listeners"> };
  readonly registry: LocalListeningDeps["registry"];
  readonly cluster: Pick<Cluster, "bus" | "rpc">;
  readonly log: Pick<Log, "warn">;
}

export type Listening = ReturnType<typeof openListening>;

/** Lets people listen to live calls, whichever process holds them. */
export function openListening(
  { settings: { limits }, registry, cluster: { bus, rpc }, setTimer, log }: OpenListeningDeps,
) {
  const clock = { now: () => performance.now(), setTimer };
  const local = createLocalListening({ ...clock, registry, limits: limits.listeners, log });
  const relay = createRelay({ ...clock, bus, rpc, local });
  const remote = createRemoteListening({ ...clock, bus, rpc });

  return {
    /** Whether the limits allow any listener. */
    isOn: limits.listeners.perCall > 0 && limits.listeners.all > 0,
    /** Resolves with what ends it, or why the call cannot be heard. */
    async listen(
      call: { readonly id: string; readonly instanceId: string },
      listener: Listener,
    ): Promise<(() => void) | ListeningRefusal> {
      const here = local.listen(call.id, listener);
      if (here !== "not_live" || rpc.isSingle || call.instanceId === bus.instanceId) return here;
      try {
        return await remote.listen(call.id, call.instanceId, listener);
      } catch (error) {
        if (error instanceof InstanceTimeout) return "not_live";
        throw error;
      }
    },
    [Symbol.dispose](): void {
      relay.close();
      remote.close();
    },
  };
}
