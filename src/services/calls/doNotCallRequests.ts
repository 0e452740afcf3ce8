import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";
import { listedWords } from "./listedWords.ts";
import type { OptOutKeeper } from "../spending.ts";
import type { DoNotCallList } from "../store.ts";
import type { PutOnDoNotCallList } from "../tools.ts";

export interface DoNotCallRequestsDeps extends Pick<Clock, "now"> {
  readonly doNotCall: Pick<DoNotCallList, "count">;
  readonly optOuts: Pick<OptOutKeeper, "keepInTime">;
  readonly log: Pick<Log, "warn">;
}

/** Creates the function that records requests, made in a call, not to be called any more. */
export function createDoNotCallRequests(
  { doNotCall, optOuts, now, log }: DoNotCallRequestsDeps,
): PutOnDoNotCallList {
  return async function putOnDoNotCallList(
    { callId, agent, direction, caller = "", callerProven, redact },
    said,
  ) {
    if (!isPhoneNumber(caller)) return "number_unknown";
    const isProven = direction === "outbound" || callerProven === true;
    if (!isProven && await doNotCall.count(UNPROVEN, now() - DAY_MS) >= MAX_UNPROVEN_DAILY) {
      log.warn("Do-not-call request not taken: too many from unproven numbers", { callId });
      return "too_many_unproven";
    }
    const reason = isProven ? "asked in a call" : UNPROVEN;
    const words = listedWords(said === undefined ? undefined : redact?.(said) ?? said);
    const entry = { number: caller, addedAt: now(), addedBy: agent, reason, words, callId };
    await optOuts.keepInTime(entry);
    return "listed";
  };
}

/** Callers can forge their number and so list the numbers of others: hence a daily limit. */
const UNPROVEN = "asked in a call from a number that the phone network does not vouch for";
const MAX_UNPROVEN_DAILY = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
