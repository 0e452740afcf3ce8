import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { sleep } from "../../utils/sleep.ts";
import type { CallRecord, CallStore, SingleUseTokens } from "../store.ts";

/** `now` is in milliseconds since 1970. */
export interface SharedPhoneCallsDeps extends Clock {
  readonly tokens: SingleUseTokens;
  readonly callStore: Pick<CallStore, "bySid">;
  readonly log: Pick<Log, "warn">;
}

const PURPOSE = "media";
const LIFETIME_MS = 60_000;
const SETTLE_MS = 250;
/** Writing takes some milliseconds; a stream comes a tenth of a second after its webhook. */
const RETRY_DELAYS_MS = [50, 100, 200, 400, 800];

export type SharedPhoneCalls = ReturnType<typeof createSharedPhoneCalls>;

/** Stream tokens and call records that the processes behind one address share through the store. */
export function createSharedPhoneCalls(
  { tokens, callStore, now, setTimer, log }: SharedPhoneCallsDeps,
) {
  const closing = new AbortController();
  const { signal } = closing;

  async function retried<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
    let found = await read();
    for (const delayMs of RETRY_DELAYS_MS) {
      if (found !== undefined || signal.aborted) return found;
      await sleep(delayMs, { signal, setTimer });
      found = await read();
    }
    return found;
  }

  const find = (callSid: string) => retried(() => callStore.bySid(callSid));

  return {
    /** Lets the stream of a call come to any process. */
    publishToken(token: string, callSid: string): void {
      tokens.issue(token, { purpose: PURPOSE, subject: callSid, untilMs: now() + LIFETIME_MS })
        .catch((error) => log.warn("Stream token not shared", { error }));
    },
    /** The stream has come to the process that issued its token. */
    withdrawToken(callSid: string): void {
      tokens.revoke(PURPOSE, callSid)
        .catch((error) => log.warn("Stream token not withdrawn", { error }));
    },
    /** Uses up a token that any process issued; waits for one that is still being written. Never rejects. */
    async claim(token: string, callSid: string): Promise<boolean> {
      try {
        return await retried(() => tokens.claim(token, PURPOSE, now())) === callSid;
      } catch (error) {
        log.warn("Stream token not claimed", { error });
        return false;
      }
    },
    /** Waits up to 1.6 s for a record that is not there: it may be being written. */
    find,
    /** Reads a call that has not ended again after 250 ms: its end may be being written. */
    async findSettled(callSid: string): Promise<CallRecord | undefined> {
      const record = await find(callSid);
      if (record === undefined || record.status === "ended" || signal.aborted) return record;
      await sleep(SETTLE_MS, { signal, setTimer });
      return await callStore.bySid(callSid);
    },
    /** Ends all waits. */
    close: (): void => closing.abort(),
  };
}
