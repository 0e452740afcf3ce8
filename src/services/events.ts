export { logCalls } from "./events/callLogger.ts";
export {
  createEventHub,
  type EventHub,
  type EventSubscription,
  type PublishedEvent,
} from "./events/eventHub.ts";
export {
  createEventLog,
  type EventLog,
  type EventLogOptions,
  type LogStart,
} from "./events/eventLog.ts";
export { noPositions } from "./events/eventPositions.ts";
export type { LoggedEvent, SharedEvent } from "./events/eventRing.ts";
