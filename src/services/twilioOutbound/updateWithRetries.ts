import type { Clock } from "../../utils/clock.ts";
import { sleep } from "../../utils/sleep.ts";
import type { TwilioCallChange, TwilioCalls } from "./twilioCalls.ts";
import { TwilioProblem } from "./twilioProblem.ts";

/** Twilio carries the change out; or knows no such call in progress; or has not accepted it. */
export type UpdateOutcome = "accepted" | "over" | "failed";

export interface UpdateOptions extends Pick<Clock, "setTimer"> {
  readonly twilio: Pick<TwilioCalls, "update">;
  /** Asked before every attempt; undefined where the change is not needed any more. */
  readonly change: () => TwilioCallChange | undefined;
  /** False for a change that must not be made twice: after a time-out it may have been made. */
  readonly mayRepeat?: boolean;
  /** Ends the attempts; one that is under way, and the first, are still made. */
  readonly signal: AbortSignal;
}

/** Less than the TwiML behind a stream lasts, whose redirect must not meet a late attempt. */
const DELAYS_MS = [500, 1000, 2000, 4000, 6000];
const ATTEMPT_MS = 3000;

/** Changes a call in progress; tries for some 15 s where Twilio is busy, fails or cannot be reached. Never rejects. */
export async function updateWithRetries(
  callSid: string,
  { twilio, change, mayRepeat = true, signal, setTimer }: UpdateOptions,
): Promise<UpdateOutcome> {
  for (const delayMs of [0, ...DELAYS_MS]) {
    if (delayMs > 0) await sleep(delayMs, { signal, setTimer });
    if (signal.aborted && delayMs > 0) break;
    const now = change();
    if (now === undefined) return "accepted";
    try {
      await twilio.update(callSid, now, { timeoutMs: ATTEMPT_MS });
      return "accepted";
    } catch (error) {
      if (!(error instanceof TwilioProblem)) break;
      if (error.code === "unknown_call" || error.code === "wrong_call_state") return "over";
      if (!isPassing(error) || !mayRepeat && mayHaveWorked(error)) break;
    }
  }
  return "failed";
}

function isPassing({ code, status }: TwilioProblem): boolean {
  return code === "provider_busy" || code === "provider_unreachable" ||
    code === "provider_failed" && status >= 500;
}

function mayHaveWorked({ code, status }: TwilioProblem): boolean {
  return code === "provider_failed" || status === 504;
}
