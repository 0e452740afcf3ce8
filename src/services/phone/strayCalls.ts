import type { CallRegistry } from "../../call/registry.ts";
import type { EndReason } from "../../call/types.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import type { CallRecord, CallStore } from "../store.ts";
import type { TwilioCalls, TwilioConferences } from "../twilioOutbound.ts";
import { isHeardOnLine } from "./isHeardOnLine.ts";
import { isWithPerson } from "./isWithPerson.ts";

/** `now` is in milliseconds since 1970. */
export interface StrayCallsDeps extends Pick<Clock, "now"> {
  readonly twilio: Pick<TwilioCalls, "inProgress" | "isDialling" | "end">;
  readonly conferences: Pick<TwilioConferences, "isAccompanied">;
  readonly callStore: Pick<CallStore, "bySid" | "transferCount">;
  readonly registry: Pick<CallRegistry, "byCallSid">;
  readonly log: Pick<Log, "warn">;
}

const EVERY_MS = 60_000;
/** Longer than a last sentence, and than the words for a server that is away. */
const GRACE_MS = 3 * 60_000;
/** After these Twilio goes on with a call in its own right: another application's, a transfer, or its end. */
const NOT_OURS: ReadonlySet<EndReason> = new Set([
  "caller_hung_up",
  "not_answered",
  "transferred",
  "outside_hours",
  "refused",
]);

/**
 * Finds phone calls that Twilio still has although their conversations were ended here, as when neither
 * Twilio nor the store could be reached at the time, and ends them. Never one without such a record, and
 * none that a session holds or that is connected to the target of a transfer.
 */
export function createStrayCalls(deps: StrayCallsDeps) {
  const { twilio, callStore, registry, now, log } = deps;
  let dueAt = now() + EVERY_MS;
  const counts = { ended: 0 };

  return {
    counts: counts as Readonly<typeof counts>,
    /** Looks for them, once a minute and not at the start. Rejects where Twilio or the store does not answer. */
    async reconcile(): Promise<void> {
      if (now() < dueAt) return;
      dueAt = now() + EVERY_MS;
      for (const { sid } of await twilio.inProgress()) {
        if (registry.byCallSid(sid) !== undefined) continue;
        const call = await callStore.bySid(sid);
        if (call === undefined || !isOverHere(call)) continue;
        if (await isWithPerson(deps, { callId: call.id, callSid: sid })) continue;
        if (registry.byCallSid(sid) !== undefined) continue;
        log.warn("Phone call without a conversation ended", { callId: call.id });
        await twilio.end(sid, { unanswered: false });
        counts.ended++;
      }
    },
  };

  function isOverHere({ status, end, endedAt }: CallRecord): boolean {
    if (status !== "ended" || end === undefined) return false;
    if (NOT_OURS.has(end.reason) && !isHeardOnLine(end)) return false;
    // A process that is taken for dead may hold it; one that is dead holds nothing, and Twilio will ask.
    return end.detail !== "crashed" && endedAt !== undefined && now() - endedAt >= GRACE_MS;
  }
}
