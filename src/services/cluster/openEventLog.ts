import type { CallRegistry } from "../../call/registry.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { createEventLog, type EventHub, type EventLog, type EventLogOptions } from "../events.ts";
import type { InstanceBus } from "./bus.ts";
import { shareEvents } from "./sharedEvents.ts";

export interface OpenEventLogDeps extends Pick<EventLogOptions, "write">, Pick<Clock, "setTimer"> {
  readonly events: EventHub;
  readonly registry: Pick<CallRegistry, "get">;
  readonly cluster: { readonly bus: InstanceBus };
  readonly log: Pick<Log, "warn">;
}

/** Opens the log of live events of this process and of those beside it. */
export function openEventLog(
  { events, registry, cluster: { bus }, write, setTimer, log }: OpenEventLogDeps,
): EventLog & AsyncDisposable {
  const keyOf = (callId: string) => registry.get(callId)?.request.keyName;
  const eventLog = createEventLog(events, { origin: bus.instanceId, keyOf, write });
  const sharing = shareEvents({ bus, eventLog, setTimer, log });
  // Not a copy: the log's positions are getters.
  return Object.assign(eventLog, {
    async [Symbol.asyncDispose]() {
      eventLog.close();
      await sharing.close();
    },
  });
}
