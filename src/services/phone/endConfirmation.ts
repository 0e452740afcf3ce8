import type { CallSession } from "../../call/sessionApi.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import {
  type CallStatus,
  isFinal,
  type TwilioCalls,
  TwilioProblem,
  warnUnlessAway,
} from "../twilioOutbound.ts";

export interface EndConfirmationDeps extends Pick<Clock, "setTimer"> {
  readonly twilio: Pick<TwilioCalls, "fetch" | "end">;
  /** Whether a session holds the call. */
  readonly isLive: (callSid: string) => boolean;
  readonly log: Pick<Log, "warn">;
}

interface Waiting {
  readonly callId: string;
  cancel: () => void;
}

/** Between one look at a call that should be over and the next; then it is left to `createStrayCalls`. */
const DELAYS_MS = [1500, 3000, 6000, 15_000, 30_000, 60_000];
const MAX_WAITING = 5000;

export type EndConfirmation = ReturnType<typeof createEndConfirmation>;

/**
 * Sees to it that phone calls that were ended here are over at Twilio: a status callback says so, or else
 * Twilio is asked, and told once more.
 */
export function createEndConfirmation({ twilio, isLive, setTimer, log }: EndConfirmationDeps) {
  /** By CallSid. */
  const waiting = new Map<string, Waiting>();
  const counts = { confirmed: 0, repeated: 0, unconfirmed: 0 };
  let isClosed = false;

  return {
    /** Calls that were found to be over, requests that were repeated, and calls that were given up. */
    counts: counts as Readonly<typeof counts>,
    /** A call that is to be over, and is asked for after `delayMs` at the latest. */
    expect({ id, callSid }: CallSession, delayMs: number): void {
      if (
        isClosed || callSid === undefined || waiting.has(callSid) || waiting.size >= MAX_WAITING
      ) return;
      const call: Waiting = { callId: id, cancel: () => {} };
      waiting.set(callSid, call);
      checkLater(callSid, call, delayMs, 0);
    },
    /** A status callback of any call. */
    onStatus(callSid: string, status: CallStatus): void {
      if (isFinal(status) && waiting.has(callSid)) confirm(callSid);
    },
    /** Asks no more; what is yet to be expected, by an answer that comes late, is ignored. */
    close(): void {
      isClosed = true;
      for (const { cancel } of waiting.values()) cancel();
      waiting.clear();
    },
  };

  function confirm(callSid: string): void {
    counts.confirmed++;
    forget(callSid);
  }

  function forget(callSid: string): void {
    waiting.get(callSid)?.cancel();
    waiting.delete(callSid);
  }

  function checkLater(callSid: string, call: Waiting, delayMs: number, attempt: number): void {
    call.cancel = setTimer(() => {
      check(callSid, call).catch((error) => {
        if (error instanceof TwilioProblem && error.code === "unknown_call") {
          return confirm(callSid);
        }
        warnUnlessAway(log, "End of a phone call not confirmed", { callId: call.callId, error });
      }).finally(() => {
        if (waiting.get(callSid) !== call) return;
        const nextMs = DELAYS_MS[attempt + 1];
        if (nextMs !== undefined) return checkLater(callSid, call, nextMs, attempt + 1);
        counts.unconfirmed++;
        forget(callSid);
      });
    }, delayMs);
  }

  async function check(callSid: string, call: Waiting): Promise<void> {
    // It has come back since, such as for another session.
    if (isLive(callSid)) return forget(callSid);
    const { status } = await twilio.fetch(callSid);
    if (waiting.get(callSid) !== call) return;
    if (isFinal(status)) return confirm(callSid);
    if (isLive(callSid)) return forget(callSid);
    counts.repeated++;
    log.warn("Phone call ended once more", { callId: call.callId });
    await twilio.end(callSid, { unanswered: status !== "in-progress" });
  }
}
