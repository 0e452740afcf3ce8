import type { CallSession } from "../../call/sessionApi.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import type { ProcessHandover } from "../calls.ts";
import {
  type PhoneAnswer,
  type TwilioCalls,
  updateWithRetries,
  writeTwiml,
} from "../twilioOutbound.ts";

export interface StreamReplacementDeps extends Pick<Clock, "setTimer"> {
  readonly twilio: Pick<TwilioCalls, "update">;
  readonly publicUrl: string;
  /** The answer that opens another stream, or ends a call whose streams keep breaking. */
  readonly reconnect: (session: CallSession, callSid: string) => PhoneAnswer;
  readonly processHandover: Pick<ProcessHandover, "isTakenOver" | "releaseSession">;
  readonly log: Pick<Log, "warn">;
}

/**
 * Opens another stream by REST for a call whose stream broke while its session lives: Twilio's own question
 * comes only after the words for a server that is away.
 */
export function createStreamReplacement(
  { twilio, publicUrl, reconnect, processHandover, setTimer, log }: StreamReplacementDeps,
) {
  const underWay = new Map<string, Promise<void>>();
  const closing = new AbortController();

  return {
    replace(session: CallSession): void {
      const { callSid } = session;
      if (callSid === undefined || underWay.has(callSid)) return;
      const work = replace(session, callSid).finally(() => underWay.delete(callSid));
      underWay.set(callSid, work);
    },
    /** Whether a stream of this call that stops now is stopped for another one. */
    isUnderWay: (callSid: string): boolean => underWay.has(callSid),
    /** Tries no more; settles when no request is under way. */
    async close(): Promise<void> {
      closing.abort();
      await Promise.all(underWay.values());
    },
  };

  async function replace(session: CallSession, callSid: string): Promise<void> {
    let isOver = false;
    session.ended.then(() => isOver = true);
    // Another stream would break that of the process which goes on with the call.
    if (await processHandover.isTakenOver(session.id)) {
      return processHandover.releaseSession(session);
    }
    const outcome = await updateWithRetries(callSid, {
      twilio,
      change() {
        if (isOver || session.hasLeg) return undefined;
        return { twiml: writeTwiml(reconnect(session, callSid), publicUrl) };
      },
      signal: closing.signal,
      setTimer,
    });
    if (outcome === "over") session.input({ type: "left", end: { reason: "caller_hung_up" } });
    if (outcome === "failed") log.warn("Media stream not replaced", { callId: session.id });
  }
}
