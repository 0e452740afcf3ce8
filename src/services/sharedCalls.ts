import type { CallRecord } from "./store/callRecord.ts";
import type { CallStore } from "./store/calls.ts";
import type { SingleUseTokens } from "./store/singleUseTokens.ts";

/** What the processes behind one address have to know of each other's phone calls. */
export interface SharedCalls {
  /** Lets the stream of a call come to any of them. */
  issued(token: string, callSid: string): void;
  /** A stream has come to the process that expected it. */
  used(callSid: string): void;
  /** Uses a token up, whoever issued it. Never rejects. */
  claim(token: string, callSid: string): Promise<boolean>;
  find(callSid: string): Promise<CallRecord | undefined>;
  /** Waits a little where a call seems to go on: its end may just be being written. */
  findSettled(callSid: string): Promise<CallRecord | undefined>;
}

export interface SharedCallsDeps {
  readonly tokens: SingleUseTokens;
  readonly calls: Pick<CallStore, "bySid">;
  readonly now: () => number;
  readonly setTimer: (wake: () => void, delayMs: number) => () => void;
  readonly log: { warn(message: string, fields: Readonly<Record<string, unknown>>): void };
  readonly lifetimeMs?: number;
}

const PURPOSE = "media";
const SETTLE_MS = 250;

export function createSharedCalls(
  { tokens, calls, now, setTimer, log, lifetimeMs = 60_000 }: SharedCallsDeps,
): SharedCalls {
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
        return await tokens.claim(token, PURPOSE, now()) === callSid;
      } catch (error) {
        log.warn("Stream token not claimed", { error });
        return false;
      }
    },
    find: (callSid) => calls.bySid(callSid),
    async findSettled(callSid) {
      const record = await calls.bySid(callSid);
      if (record === undefined || record.status === "ended") return record;
      await new Promise<void>((resolve) => setTimer(resolve, SETTLE_MS));
      return await calls.bySid(callSid);
    },
  };
}
