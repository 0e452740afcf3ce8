import type { CallRecord, CallStore, SingleUseTokens } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** What the processes behind one address have to know of each other's phone calls. */
export interface CrossProcessCalls {
  /** Lets the stream of a call come to any of them. */
  issued(token: string, callSid: string): void;
  /** A stream has come to the process that expected it. */
  used(callSid: string): void;
  /** Uses a token up, whoever issued it, also one that is still being written. Never rejects. */
  claim(token: string, callSid: string): Promise<boolean>;
  /** Waits a little for a call that is not known: it may just be being written. */
  find(callSid: string): Promise<CallRecord | undefined>;
  /** Waits also where a call seems to go on, for its end. */
  findSettled(callSid: string): Promise<CallRecord | undefined>;
  /** Nobody waits any more. */
  close(): void;
}

export interface CrossProcessCallsDeps {
  readonly tokens: SingleUseTokens;
  readonly calls: Pick<CallStore, "bySid">;
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
  readonly lifetimeMs?: number;
}

const PURPOSE = "media";
const SETTLE_MS = 250;
/** Writing takes some milliseconds, and a stream comes a tenth of a second after its webhook. */
const LOOK_AGAIN_MS = [50, 100, 200, 400, 800];

export function createCrossProcessCalls(
  { tokens, calls, now, setTimer, log, lifetimeMs = 60_000 }: CrossProcessCallsDeps,
): CrossProcessCalls {
  const waiting = new Set<() => void>();
  let closed = false;

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = setTimer(goOn, delayMs);
      waiting.add(goOn);
      function goOn(): void {
        cancel();
        waiting.delete(goOn);
        resolve();
      }
    });
  }

  async function patiently<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
    let found = await look();
    for (const delayMs of LOOK_AGAIN_MS) {
      if (found !== undefined || closed) return found;
      await pause(delayMs);
      found = await look();
    }
    return found;
  }

  const find = (callSid: string) => patiently(() => calls.bySid(callSid));

  return {
    issued(token, callSid) {
      tokens.issue(token, { purpose: PURPOSE, subject: callSid, untilMs: now() + lifetimeMs })
        .catch((error) => log.warn("Stream token not shared", { error }));
    },
    used(callSid) {
      tokens.revoke(PURPOSE, callSid)
        .catch((error) => log.warn("Stream token not withdrawn", { error }));
    },
    async claim(token, callSid) {
      try {
        return await patiently(() => tokens.claim(token, PURPOSE, now())) === callSid;
      } catch (error) {
        log.warn("Stream token not claimed", { error });
        return false;
      }
    },
    find,
    async findSettled(callSid) {
      const record = await find(callSid);
      if (record === undefined || record.status === "ended" || closed) return record;
      await pause(SETTLE_MS);
      return await calls.bySid(callSid);
    },
    close() {
      closed = true;
      for (const goOn of [...waiting]) goOn();
    },
  };
}
