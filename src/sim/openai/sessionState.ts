import type { Conversation } from "./conversation.ts";
import type { FaultSet } from "./faults.ts";
import type { SessionMcp } from "./sessionMcp.ts";
import type { Refusal, ServerEvent, SessionConfig } from "./wire.ts";

/** What the parts of one session share. */
export interface SessionState {
  config: SessionConfig;
  readonly conversation: Conversation;
  readonly mcp: SessionMcp;
  readonly faults: FaultSet;
  emit(event: ServerEvent): void;
  /** Sends an `error` event, which leaves the session usable. */
  refuse(refusal: Refusal, eventId?: string): void;
}
