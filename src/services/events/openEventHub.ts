import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { createEventHub, type EventHub } from "./eventHub.ts";

/** Opens the hub; the log has a line for the start and one for the end of every call. */
export function openEventHub(
  { now, log }: Pick<Clock, "now"> & { readonly log: Pick<Log, "info" | "error"> },
): EventHub {
  const events = createEventHub(now, (error) => log.error("Event sink failed", { error }));
  events.subscribe(
    ({ event }) => event.type === "started" || event.type === "ended",
    ({ callId, event }) => {
      if (event.type === "started") {
        log.info("Call started", { callId, direction: event.direction, agent: event.agent });
      } else if (event.type === "ended") {
        log.info("Call ended", { callId, ...event.end, durationMs: event.durationMs });
      }
    },
  );
  return events;
}
