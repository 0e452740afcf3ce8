import type { EventLog } from "./eventLog.ts";
import type { CallEvents } from "./webCall.ts";

/** The same events, of which the log gets each, too. */
export function loggedEvents(events: CallEvents, log: EventLog): CallEvents {
  return {
    ...events,
    onWire(direction, message) {
      log.add(direction, message);
      events.onWire?.(direction, message);
    },
    onEarLatency(itemId, ms) {
      log.add("page", { type: "earLatency", itemId, ms });
      events.onEarLatency?.(itemId, ms);
    },
    onSound(sound) {
      log.add("page", { type: "sound", ...sound });
      events.onSound(sound);
    },
    onDevice(change, name) {
      log.add("page", { type: "device", change, name });
      events.onDevice(change, name);
    },
    onLost() {
      log.add("page", { type: "lost" });
      events.onLost();
    },
    onBack() {
      log.add("page", { type: "back" });
      events.onBack();
    },
    onClose(closed) {
      log.add("page", { type: "closed", ...closed });
      events.onClose(closed);
    },
  };
}
