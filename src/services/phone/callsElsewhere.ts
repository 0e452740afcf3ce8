import { CallRefused, type CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { Log } from "../../utils/logger.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import { type ProcessHandover, requestOfRecord, type ResumedCalls } from "../calls.ts";
import type { OutboundCalls } from "../outbound.ts";
import { isFinal, type PhoneAnswer, type TwilioCalls, writeTwiml } from "../twilioOutbound.ts";
import { type AgentVoices, type AnswerEnded, fallbackAnswer, holdOf } from "./endedCallAnswer.ts";
import type { ArrivingCall, InboundCalls } from "./inboundCalls.ts";
import type { SharedPhoneCalls } from "./sharedPhoneCalls.ts";
import type { StreamAdmission } from "./streamAdmission.ts";

export interface CallsElsewhereDeps {
  readonly registry: Pick<CallRegistry, "leaving" | "byCallSid" | "endOf">;
  readonly sharedCalls: Pick<SharedPhoneCalls, "find" | "findSettled">;
  readonly resumedCalls: ResumedCalls;
  readonly outbound: Pick<OutboundCalls, "sessionFor">;
  readonly processHandover: Pick<ProcessHandover, "recordTakenOver">;
  readonly streams: Pick<StreamAdmission, "unclaimedToken">;
  readonly inbound: Pick<InboundCalls, "admit">;
  readonly answerEnded: AnswerEnded;
  /** The answer that opens another stream for a session of this process. */
  readonly reconnect: (session: CallSession, callSid: string) => PhoneAnswer;
  readonly agents: AgentVoices;
  /** Speaks where the call's agent is unknown. */
  readonly defaultAgent: string;
  readonly twilio: Pick<TwilioCalls, "update" | "fetch">;
  readonly publicUrl: string;
  readonly log: Pick<Log, "warn">;
}

/** What Twilio says as it asks how to go on. */
export interface AfterStream {
  /** Of a transfer's dial. */
  readonly dialStatus?: string | undefined;
  /** The call as it arrived, where it may begin anew. */
  readonly arrival?: ArrivingCall | undefined;
}

const MAX_REFUSED = 1000;
/** Twilio waits four seconds for an answer, and looking for the call has taken two. */
const FETCH_MS = 1500;

/** Phone calls that no session of this process holds, and none has held lately. */
export function createCallsElsewhere(deps: CallsElsewhereDeps) {
  const { registry, agents, defaultAgent, outbound, sharedCalls, processHandover, resumedCalls } =
    deps;
  const { streams, inbound, answerEnded, twilio, log } = deps;
  /** Calls that cannot go on here: each new stream would be refused, and the line silent. */
  const refused = new RecentIds(MAX_REFUSED);

  return {
    adopt,
    resume,
    /** Whether the call cannot go on here, as its stream has shown. */
    isRefused: (callSid: string): boolean => refused.has(callSid),
  };

  /** Goes on with a call that another process began, or this one before it was started again. */
  async function adopt(callSid: string): Promise<CallSession | undefined> {
    if (registry.endOf(callSid) !== undefined || registry.leaving) return undefined;
    let agent = defaultAgent;
    try {
      const record = await sharedCalls.find(callSid);
      if (record === undefined || record.status === "ended") return undefined;
      agent = record.currentAgent ?? record.agent;
      const { id } = record;
      if (record.direction !== "outbound") {
        const stored = await resumedCalls.read(id);
        if (stored === undefined) return undefined;
        const session = resumedCalls.open(stored);
        await processHandover.recordTakenOver();
        return session;
      }
      const session = await outbound.sessionFor(id, callSid);
      if (session === undefined) refused.add(callSid);
      else await processHandover.recordTakenOver();
      return session;
    } catch (error) {
      if (error instanceof CallRefused) refuse(callSid, error, agent);
      log.warn("Phone call not taken over", { error });
      return undefined;
    }
  }

  /** Twilio asks how to go on only after a while: a caller whose agent cannot speak is told before. */
  function refuse(callSid: string, { code }: CallRefused, agent: string): void {
    refused.add(callSid);
    if (code !== "agent_unusable" && code !== "unknown_agent") return;
    const answer = fallbackAnswer(agents, agent);
    twilio.update(callSid, { twiml: writeTwiml(answer, deps.publicUrl) })
      .catch((error) => log.warn("Phone call not redirected", { error }));
  }

  /** What follows the stream. Never rejects. */
  async function resume(
    callSid: string,
    { dialStatus, arrival }: AfterStream,
  ): Promise<PhoneAnswer> {
    try {
      const record = await sharedCalls.findSettled(callSid);
      if (record === undefined) {
        return arrival === undefined
          ? fallbackAnswer(agents, defaultAgent)
          : await beginAnew(arrival);
      }
      const { id, end } = record;
      const request = requestOfRecord(record);
      if (end !== undefined) {
        return await answerEnded({ id, request, end }, callSid, { dialStatus });
      }
      const hold = holdOf(agents, request);
      if (registry.leaving) return { do: "hold", hold };
      if (refused.has(callSid)) return fallbackAnswer(agents, request);
      return { do: "connect", token: streams.unclaimedToken(callSid), hold };
    } catch (error) {
      log.warn("Phone call not found", { error });
      return fallbackAnswer(agents, defaultAgent);
    }
  }

  /** The server that answered the call has died before it was recorded, or none could be reached. */
  async function beginAnew(call: ArrivingCall): Promise<PhoneAnswer> {
    const { callSid, agent = defaultAgent } = call;
    // A request that is sent once more, later, opens no session for a call that is over.
    const { status } = await twilio.fetch(callSid, { timeoutMs: FETCH_MS });
    if (isFinal(status)) return { do: "hangUp" };
    const session = registry.byCallSid(callSid);
    if (session !== undefined) return deps.reconnect(session, callSid);
    if (registry.leaving) return { do: "hold", hold: holdOf(agents, agent) };
    const answer = await inbound.admit({ ...call, isAnswered: true });
    // A call that is answered already cannot be refused.
    return answer.do === "refuseAsBusy" ? fallbackAnswer(agents, agent) : answer;
  }
}
