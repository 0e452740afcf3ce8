import type { CallSession } from "../../call/sessionApi.ts";
import { type CallRequest, isCallEnd, type SessionEnd } from "../../call/types.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import {
  type PhoneAnswer,
  type TwilioCallChange,
  type TwilioCalls,
  type UpdateOutcome,
  updateWithRetries,
  writeTwiml,
} from "../twilioOutbound.ts";
import type { ProcessHandover } from "../calls.ts";
import type { EndConfirmation } from "./endConfirmation.ts";
import { type AgentVoices, type AnswerEnded, holdOf } from "./endedCallAnswer.ts";
import { isHeardOnLine } from "./isHeardOnLine.ts";

export interface CallEndingsDeps extends Pick<Clock, "setTimer"> {
  readonly twilio: Pick<TwilioCalls, "update">;
  readonly answerEnded: AnswerEnded;
  readonly processHandover: Pick<ProcessHandover, "written" | "isTakenOver">;
  readonly agents: AgentVoices;
  readonly confirmation: Pick<EndConfirmation, "expect">;
  readonly publicUrl: string;
  readonly log: Pick<Log, "warn">;
}

interface Ending {
  /** Undefined where another process goes on with the call. */
  readonly answer: Promise<PhoneAnswer | undefined>;
  readonly request: CallRequest;
  readonly stop: AbortController;
}

const MAX_KEPT = 10_000;
/** When to ask whether the call is over: a status callback comes sooner, a last sentence takes longer. */
const CONFIRM_AFTER_MS = 1500;
const SENTENCE_MS = 60_000;

/**
 * Ends conversations at Twilio by one REST request, which stops the stream: behind a stream that is closed
 * here, the caller would hear the words for a server that is away.
 */
export function createCallEndings(deps: CallEndingsDeps) {
  const { twilio, answerEnded, processHandover, agents, publicUrl, setTimer, log } = deps;
  /** By CallSid; those that Twilio has not accepted are kept for its own question how to go on. */
  const endings = new BoundedMap<string, Ending>(MAX_KEPT);
  const begun = new WeakMap<CallSession, Promise<boolean>>();
  const underWay = new Set<Promise<unknown>>();
  const closing = new AbortController();

  return {
    /**
     * Tells Twilio what follows the end of a session, once; resolves with whether it will. Undefined where
     * Twilio need not be told, as the call is over or goes on elsewhere.
     */
    end(session: CallSession, end: SessionEnd): Promise<boolean> | undefined {
      const known = begun.get(session);
      if (known !== undefined) return known;
      const { callSid } = session;
      // The caller is with a person, or being put through: whoever goes on with the call is asked afterwards.
      if (session.isAway) return undefined;
      if (callSid === undefined || isOverOrElsewhere(end)) return undefined;
      const stop = new AbortController();
      const answer = answerOf(session, end, callSid);
      const accepted = tell(callSid, answer, stop.signal)
        .then((outcome) => {
          if (outcome === "accepted") endings.delete(callSid);
          else if (outcome === "failed" && !stop.signal.aborted) {
            const what = isCallEnd(end) ? "Call not ended by REST" : "Call not held by REST";
            log.warn(what, { callId: session.id });
          }
          answer.then((given) => confirm(session, given), () => {});
          return outcome === "accepted";
        }).finally(() => underWay.delete(accepted));
      begun.set(session, accepted);
      endings.set(callSid, { answer, request: session.request, stop });
      underWay.add(accepted);
      return accepted;
    },
    /** What Twilio has not accepted for a call; it is given as the answer to its own question, and not tried again. */
    take(callSid: string): Promise<PhoneAnswer> | undefined {
      const ending = endings.get(callSid);
      endings.delete(callSid);
      ending?.stop.abort();
      return ending?.answer.then((answer) => answer ?? holdFor(ending.request));
    },
    /** The end of this session is told by the answer to Twilio's question. */
    leave(session: CallSession): void {
      begun.set(session, Promise.resolve(true));
    },
    /** Tries no more; settles when no request is under way. */
    async close(): Promise<void> {
      closing.abort();
      await Promise.all(underWay);
    },
  };

  async function answerOf(
    { id, request }: CallSession,
    end: SessionEnd,
    callSid: string,
  ): Promise<PhoneAnswer | undefined> {
    if (isCallEnd(end)) {
      if (await processHandover.isTakenOver(id)) return undefined;
      return await answerEnded({ id, request, end }, callSid);
    }
    // The other one goes on from what is stored.
    await processHandover.written();
    return holdFor(request);
  }

  /** A call that another process goes on with is held until that one takes it. */
  function holdFor(request: CallRequest): PhoneAnswer {
    return { do: "hold", hold: holdOf(agents, request) };
  }

  function confirm(session: CallSession, answer: PhoneAnswer | undefined): void {
    if (answer?.do !== "hangUp") return;
    const isSilent = answer.message === undefined;
    deps.confirmation.expect(session, isSilent ? CONFIRM_AFTER_MS : SENTENCE_MS);
  }

  async function tell(
    callSid: string,
    answering: Promise<PhoneAnswer | undefined>,
    stopped: AbortSignal,
  ): Promise<UpdateOutcome> {
    try {
      const answer = await answering;
      if (answer === undefined) return "accepted";
      const change = changeOf(answer, publicUrl);
      return await updateWithRetries(callSid, {
        twilio,
        change: () => stopped.aborted ? undefined : change,
        // A number that rings must not be dialled again.
        mayRepeat: answer.do !== "dial",
        signal: AbortSignal.any([stopped, closing.signal]),
        setTimer,
      });
    } catch (error) {
      log.warn("End of the call not decided", { error });
      return "failed";
    }
  }
}

function changeOf(answer: PhoneAnswer, publicUrl: string): TwilioCallChange {
  return answer.do === "hangUp" && answer.message === undefined
    ? { status: "completed" }
    : { twiml: writeTwiml(answer, publicUrl) };
}

function isOverOrElsewhere(end: SessionEnd): boolean {
  const { reason, detail } = end;
  if (isHeardOnLine(end)) return false;
  return reason === "caller_hung_up" || reason === "not_answered" || detail === "joined_elsewhere";
}
