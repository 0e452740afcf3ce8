import type { Agents } from "../../config/agents.ts";
import { inLanguage } from "../../config/agentLanguage.ts";
import type { AgentVoice } from "../../config/agentSchema.ts";
import type { EndedCall } from "../../call/registry.ts";
import type { CallRequest } from "../../call/types.ts";
import type { Log } from "../../utils/logger.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { TransferPolicy } from "../spending.ts";
import {
  fallbackMessageOf,
  handOnMessageOf,
  type Hold,
  holdMessagesOf,
  noAnswerMessageOf,
  type PhoneAnswer,
} from "../twilioOutbound.ts";
import type { TransferredCalls } from "./transferredCalls.ts";

/** How an agent sounds; known of an agent whose file is unusable, too. */
export type AgentVoices = Pick<Agents, "get" | "ofCall" | "unusable">;

export interface EndedCallAnswerDeps {
  readonly agents: AgentVoices;
  readonly transfers: Pick<TransferPolicy, "decide">;
  readonly transferredCalls: Pick<TransferredCalls, "reserve">;
  readonly ownNumber: string;
  readonly log: Pick<Log, "warn">;
}

const MAX_DIALLED = 10_000;

/** What follows for Twilio when a conversation is over. */
export type AnswerEnded = ReturnType<typeof createEndedCallAnswer>;

/**
 * Creates the function that gives Twilio's instructions for a caller whose conversation is over. `dialStatus`
 * is Twilio's status of a transfer's dial; absent before the dial.
 */
export function createEndedCallAnswer(
  { agents, transfers, transferredCalls, ownNumber, log }: EndedCallAnswerDeps,
) {
  const dialled = new RecentIds(MAX_DIALLED);

  return function answerEnded(
    { id, request, end }: EndedCall,
    callSid: string,
    dialStatus?: string,
  ): PhoneAnswer | Promise<PhoneAnswer> {
    if (dialStatus !== undefined) return afterDial(id, request, dialStatus);
    const alias = end.reason === "transferred" ? end.detail ?? "" : end.transferTo;
    if (alias !== undefined) {
      return transfer(id, request, alias, callSid).then(
        (answer) => end.reason === "transferred" ? answer : announced(answer, request),
        (error): PhoneAnswer => {
          log.warn("Transfer not decided", { callId: id, error });
          return apology(request);
        },
      );
    }
    switch (end.reason) {
      case "model_failed":
      case "leg_failed":
      case "internal_error":
      case "server_stopped":
        return apology(request);
      default:
        return { do: "hangUp" };
    }
  };

  /** An agent that has failed could not say why another number is dialled. */
  function announced(answer: PhoneAnswer, request: CallRequest): PhoneAnswer {
    if (answer.do !== "dial") return answer;
    return { ...answer, message: handOnMessageOf(voiceOfCall(request)) };
  }

  /** After a transfer that was answered, a caller who is still on the line has nothing to wait for. */
  function afterDial(callId: string, request: CallRequest, dialStatus: string): PhoneAnswer {
    if (dialStatus === "completed" || dialStatus === "answered") return { do: "hangUp" };
    log.warn("Transfer not taken", { callId, dialStatus });
    return { do: "hangUp", message: noAnswerMessageOf(voiceOfCall(request)) };
  }

  function apology(request: CallRequest): PhoneAnswer {
    return { do: "hangUp", message: fallbackMessageOf(voiceOfCall(request)) };
  }

  function voiceOfCall(request: CallRequest): AgentVoice {
    const voice = agents.ofCall(request) ?? agents.unusable.get(request.agent)?.voice;
    return inLanguage<AgentVoice>(voice ?? {}, request.language);
  }

  async function transfer(
    callId: string,
    request: CallRequest,
    alias: string,
    callSid: string,
  ): Promise<PhoneAnswer> {
    // A repeated request without a dial status comes after the dial: another would ring the same phone.
    if (dialled.has(callSid)) return apology(request);
    dialled.add(callSid);
    const decision = await transfers.decide(agents.ofCall(request), alias);
    if (!decision.ok) {
      log.warn("Transfer refused", {
        agent: request.agent,
        alias,
        code: decision.code,
      });
      return apology(request);
    }
    return {
      do: "dial",
      number: decision.number,
      ...callerIdOf(request, ownNumber),
      timeLimitSeconds: await transferredCalls.reserve(callId),
    };
  }
}

/**
 * The number that a transfer shows. Twilio passes on an inbound caller's own number by itself; it
 * refuses (13214) to do so with the names of `sip:` and `client:` callers, with numbers that are none,
 * and with the far end of a call that was placed.
 */
function callerIdOf(
  { direction, caller, called }: CallRequest,
  ownNumber: string,
): { readonly callerId?: string } {
  if (direction === "inbound" && caller !== undefined && isPhoneNumber(caller)) return {};
  const isPlaced = direction === "outbound" && called !== undefined && isPhoneNumber(called);
  return { callerId: isPlaced ? called : ownNumber };
}

/** Who speaks in a call, and its language where that is not the agent's. */
export type Speaking = Pick<CallRequest, "agent" | "language">;

/** Hangs up with the message of an agent that cannot speak itself. */
export function fallbackAnswer(agents: AgentVoices, agent: string | Speaking): PhoneAnswer {
  return { do: "hangUp", message: fallbackMessageOf(voiceOf(agents, agent)) };
}

/** What callers of an agent hear while their conversation cannot go on. */
export function holdOf(agents: AgentVoices, agent: string | Speaking): Hold {
  const name = typeof agent === "string" ? agent : agent.agent;
  return { ...holdMessagesOf(voiceOf(agents, agent)), agent: name };
}

/** How an agent sounds in a call; in English where there is no such agent. */
export function voiceOf(agents: AgentVoices, speaking: string | Speaking): AgentVoice {
  if (typeof speaking === "string") return voiceOf(agents, { agent: speaking });
  const { agent, language } = speaking;
  return inLanguage<AgentVoice>(
    agents.get(agent) ?? agents.unusable.get(agent)?.voice ?? {},
    language,
  );
}
