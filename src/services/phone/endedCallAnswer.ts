import type { Agents } from "../../config/agents.ts";
import { inLanguage } from "../../config/agentLanguage.ts";
import type { AgentVoice } from "../../config/agentSchema.ts";
import type { EndedCall } from "../../call/registry.ts";
import type { CallRequest } from "../../call/types.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import {
  fallbackMessageOf,
  handOnMessageOf,
  type Hold,
  holdMessagesOf,
  noAnswerMessageOf,
  type PhoneAnswer,
} from "../twilioOutbound.ts";
import { createTransferAnswer, type TransferAnswerDeps } from "./transferAnswer.ts";

/** How an agent sounds; known of an agent whose file is unusable, too. */
export type AgentVoices = Pick<Agents, "get" | "ofCall" | "unusable">;

export interface EndedCallAnswerDeps extends TransferAnswerDeps {
  readonly agents: AgentVoices;
}

const MAX_DIALLED = 10_000;

/** The caller has hung up first, or a cancelled dial is spelled so. */
const NOT_WANTED: ReadonlySet<string> = new Set(["canceled", "cancelled"]);

/** What follows for Twilio when a conversation is over. */
export type AnswerEnded = ReturnType<typeof createEndedCallAnswer>;

/**
 * Creates the function that gives Twilio's instructions for a caller whose conversation is over. `dialStatus`
 * is Twilio's status of a dial in its place, of an agent that failed or outside its hours; absent before the
 * dial.
 */
export function createEndedCallAnswer(
  deps: EndedCallAnswerDeps,
) {
  const { agents, log } = deps;
  const answerTransfer = createTransferAnswer(deps);
  const dialled = new RecentIds(MAX_DIALLED);

  return function answerEnded(
    { id, request, end }: EndedCall,
    callSid: string,
    { dialStatus, outsideTo }: {
      readonly dialStatus?: string | undefined;
      /** Alias of the transfer of a call that never had a session. */
      readonly outsideTo?: string;
    } = {},
  ): PhoneAnswer | Promise<PhoneAnswer> {
    if (dialStatus !== undefined) return afterDial(id, request, dialStatus);
    const alias = end.transferTo ?? outsideTo;
    if (alias !== undefined) {
      return transfer(id, request, alias, callSid).then(
        (answer) => outsideTo === undefined ? announced(answer, request) : answer,
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
    if (!NOT_WANTED.has(dialStatus)) log.warn("Transfer not taken", { callId, dialStatus });
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
    const given = await answerTransfer({ callId, request, alias });
    return given.ok ? given.answer : apology(request);
  }
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
