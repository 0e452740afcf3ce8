import type { SessionDependencies } from "../../call/session.ts";
import type { OptOutKeeper } from "../spending.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";
import { listedWords } from "./listedWords.ts";

export interface OptOutsDeps extends Clock {
  readonly optOuts: Pick<OptOutKeeper, "keep">;
}

/** The person is told after so long, also where the store is slow; it is written all the same. */
export const PATIENCE_MS = 2000;

/** Creates the function that puts a called person's number on the do-not-call list, with their words. */
export function createOptOuts(
  { optOuts, now, setTimer }: OptOutsDeps,
): NonNullable<SessionDependencies["recordOptOut"]> {
  return function recordOptOut(session, { words }) {
    const { id: callId, request: { caller: number = "", agent: addedBy } } = session;
    const reason = "asked in a call";
    const entry = { number, addedAt: now(), addedBy, reason, words: listedWords(words), callId };
    const written = isPhoneNumber(number) ? optOuts.keep(entry) : Promise.resolve();
    deadline(written, PATIENCE_MS, setTimer).catch(() => {}).then(() =>
      session.input({ type: "optOutRecorded" })
    );
  };
}
