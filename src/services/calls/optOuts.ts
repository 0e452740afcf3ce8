import type { SessionDependencies } from "../../call/session.ts";
import type { CallEnd } from "../../call/types.ts";
import type { OptOutKeeper } from "../spending.ts";
import type { Clock } from "../../utils/clock.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";
import { listedWords } from "./listedWords.ts";

export interface OptOutsDeps extends Pick<Clock, "now"> {
  readonly optOuts: Pick<OptOutKeeper, "keepInTime">;
}

/**
 * Creates the function that puts a called person's number on the do-not-call list, with their words. Where
 * that cannot be, the call ends without the sentence that says so.
 */
export function createOptOuts(
  { optOuts, now }: OptOutsDeps,
): NonNullable<SessionDependencies["recordOptOut"]> {
  return function recordOptOut(session, { words }) {
    const { id: callId, request: { caller: number = "", agent: addedBy } } = session;
    const reason = "asked in a call";
    const entry = { number, addedAt: now(), addedBy, reason, words: listedWords(words), callId };
    const written = isPhoneNumber(number) ? optOuts.keepInTime(entry) : Promise.resolve();
    written.then(
      () => session.input({ type: "optOutRecorded" }),
      () => session.input({ type: "endAsked", end: NOT_KEPT }),
    );
  };
}

const NOT_KEPT: CallEnd = { reason: "agent_hung_up", detail: "opt_out_not_kept" };
