import type { SessionDependencies } from "../../call/session.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import type { Log } from "../../utils/logger.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";
import { listedWords } from "./listedWords.ts";
import { sleep } from "../../utils/sleep.ts";
import type { DoNotCallList } from "../store.ts";

export interface OptOutsDeps extends Clock {
  readonly doNotCall: Pick<DoNotCallList, "add">;
  readonly log: Pick<Log, "warn">;
}

/** The person is told after so long, also where the store is slow; it is written all the same. */
const PATIENCE_MS = 2000;
const MAX_TRIES = 12;
const RETRY_MS = 250;

/** Creates the function that puts a called person's number on the do-not-call list, with their words. */
export function createOptOuts(
  { doNotCall, now, setTimer, log }: OptOutsDeps,
): NonNullable<SessionDependencies["recordOptOut"]> {
  return function recordOptOut(session, { words }) {
    const { id: callId, request: { caller: number = "", agent: addedBy } } = session;
    const reason = "asked in a call";
    const entry = { number, addedAt: now(), addedBy, reason, words: listedWords(words), callId };
    const written = isPhoneNumber(number) ? persist(entry) : Promise.resolve();
    deadline(written, PATIENCE_MS, setTimer).catch(() => {}).then(() =>
      session.input({ type: "optOutRecorded" })
    );
  };

  async function persist(entry: Parameters<DoNotCallList["add"]>[0]): Promise<void> {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      try {
        return await doNotCall.add(entry);
      } catch (error) {
        log.warn("Do-not-call request not written", { callId: entry.callId, tries, error });
        await sleep(RETRY_MS * 2 ** Math.min(tries, 7), { setTimer });
      }
    }
  }
}
