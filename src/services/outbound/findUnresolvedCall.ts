import type { CallStore } from "../store.ts";
import type { TwilioCalls } from "../twilioOutbound.ts";
import type { OutboundJob } from "./outboundJob.ts";

/** What can be found out about a call of which no answer came when it was to be placed. */
export type FoundCall =
  | { readonly found: "yes"; readonly callSid: string }
  /** So long after, the phone network would know of it. */
  | { readonly found: "no" }
  | { readonly found: "not_yet" };

export interface UnresolvedCallLookup {
  readonly calls: Pick<TwilioCalls, "list">;
  readonly store: Pick<CallStore, "get" | "bySid">;
  /** Whether a call is one that this process placed. */
  readonly isKnown: (callSid: string) => boolean;
  readonly now: () => number;
}

/** New calls cannot be seen at once; after so long one that is not there was never placed. */
const CERTAIN_AFTER_MS = 60_000;
/** The phone network's times are whole seconds by a clock of its own. */
const CLOCK_SLACK_MS = 5000;

/** Looks for a call by its numbers and its time, as the phone network keeps no name of ours for it. */
export async function findUnresolvedCall(
  job: OutboundJob,
  dialledAt: number,
  { calls, store, isKnown, now }: UnresolvedCallLookup,
): Promise<FoundCall> {
  const record = await store.get(job.callId);
  if (record?.callSid !== undefined) return { found: "yes", callSid: record.callSid };
  for (const call of await calls.list(job)) {
    const { createdAt = 0 } = call;
    if (createdAt < dialledAt - CLOCK_SLACK_MS) continue;
    if (createdAt > dialledAt + CERTAIN_AFTER_MS) continue;
    // One that is known belongs to another request for the same number.
    if (isKnown(call.sid)) continue;
    if (await store.bySid(call.sid) === undefined) return { found: "yes", callSid: call.sid };
  }
  return { found: now() - dialledAt < CERTAIN_AFTER_MS ? "not_yet" : "no" };
}
