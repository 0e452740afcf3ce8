import type { ModelLoss } from "../../call/realtimeClient.ts";
import type { ServerError } from "./wire/serverEventTypes.ts";

/** How far a connection is, and what must be cancelled when it leaves the phase. */
export type Phase =
  | { readonly name: "connecting"; readonly timer: Timer; readonly diagnosis: AbortController }
  | { readonly name: "configuring"; readonly timer: Timer }
  | { readonly name: "ready" }
  | { readonly name: "closed" };

/** What the server said of it, and how. */
export type LossDetails = Partial<ServerError> & {
  readonly status?: number;
  readonly retryAfterMs?: number;
};

type Timer = ReturnType<typeof setTimeout>;

/** The id of the heartbeat request, and the item it asks for, which does not exist. */
export const PROBE_EVENT = "probe";
export const PROBE_ITEM = "item_probe";
export const UNUSABLE: ModelLoss = { code: "invalid_request", retry: "no" };
export const TIMED_OUT: ModelLoss = { code: "timeout", retry: "backoff" };
export const MALFORMED = { type: "malformed" } as const;

/** The JSON value of a message; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
