export type { EventHub, EventSubscription, PublishedEvent } from "./events/eventHub.ts";
export {
  createEventLog,
  type EventLog,
  type EventLogOptions,
  type LogStart,
} from "./events/eventLog.ts";
export { noPositions } from "./events/eventPositions.ts";
export type { EventHead, SharedEvent } from "./events/eventRing.ts";
export { openEventHub } from "./events/openEventHub.ts";
