import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { createEventHub, type EventHub } from "./eventHub.ts";

/** Opens the hub; the log has a line where a session begins, and where it lets go of its call. */
export function openEventHub(
  { now, log }: Pick<Clock, "now"> & { readonly log: Pick<Log, "info" | "error"> },
): EventHub {
  const events = createEventHub(now, (error) => log.error("Event sink failed", { error }));
  events.subscribe(
    ({ event: { type } }) => LOGGED.has(type),
    ({ callId, event }) => {
      if (event.type === "started") {
        log.info("Call started", {
          callId,
          direction: event.direction,
          agent: event.agent,
          agentVersion: event.agentVersion,
        });
      } else if (event.type === "resumed") {
        const { direction, agent, agentVersion, afterMs } = event;
        log.info("Call resumed", { callId, direction, agent, agentVersion, afterMs });
      } else if (event.type === "handedOver") {
        log.info("Call handed over", { callId });
      } else if (event.type === "ended") {
        log.info("Call ended", { callId, ...event.end, durationMs: event.durationMs });
      }
    },
  );
  return events;
}

const LOGGED: ReadonlySet<string> = new Set(["started", "resumed", "handedOver", "ended"]);
