import type { EventHub, EventSubscription } from "./eventHub.ts";
import type { Log } from "../../utils/logger.ts";

/** Logs one line for a call's beginning and one for its end. */
export function logCalls(
  events: Pick<EventHub, "subscribe">,
  log: Pick<Log, "info">,
): EventSubscription {
  return events.subscribe(
    ({ event }) => event.type === "started" || event.type === "ended",
    ({ callId, event }) => {
      if (event.type === "started") {
        log.info("Call started", { callId, direction: event.direction, agent: event.agent });
      } else if (event.type === "ended") {
        log.info("Call ended", { callId, ...event.end, durationMs: event.durationMs });
      }
    },
  );
}
