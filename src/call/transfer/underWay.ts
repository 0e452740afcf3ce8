import type { TransferRef } from "../transfer.ts";
import type { Milliseconds, SessionEnd } from "../types.ts";

/**
 * A transfer that the carrier has been asked for. Of one that asks first, the caller is with the agent until the person
 * wants the call (`asking`), then `away`, and with agent and person in a conference (`together`).
 */
export interface UnderWay extends TransferRef {
  readonly caller: "asking" | "away" | "together";
  readonly since: Milliseconds;
  readonly target?: number;
  /** Since when caller and person talk. */
  readonly connectedAt?: Milliseconds;
  /** The next leg is the agent's own, into the room of both. */
  readonly awaitsRoom?: true;
}

/** How a call ends of which only the agent has had enough, or is not able any more. */
export const AGENT_ENDS: ReadonlySet<SessionEnd["reason"]> = new Set([
  "agent_hung_up",
  "idle",
  "time_limit",
  "spend_limit",
  "model_failed",
  "refused",
]);

/** The carrier counts in whole seconds, and knows best how long people talked who were not heard of here in time. */
export function spokenMs(countedMs: Milliseconds | undefined, ownMs: Milliseconds): Milliseconds {
  return countedMs === undefined || Math.abs(countedMs - ownMs) < 1000 ? ownMs : countedMs;
}
