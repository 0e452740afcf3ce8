import type { Agents } from "../../config/agents.ts";
import type { AgentVoice } from "../../config/agentSchema.ts";
import { fallbackMessageOf, noAnswerMessageOf, type PhoneAnswer } from "../twilioOutbound.ts";

/** How an agent sounds; known of an agent whose file is unusable, too. */
export type AgentVoices = Pick<Agents, "get" | "unusable">;

/** Hangs up with the message of an agent that cannot speak itself. */
export function fallbackAnswer(agents: AgentVoices, agent: string): PhoneAnswer {
  return { do: "hangUp", message: fallbackMessageOf(voiceOf(agents, agent)) };
}

/** Hangs up with the message for a transfer that was not answered. */
export function unansweredTransfer(agents: AgentVoices, agent: string): PhoneAnswer {
  return { do: "hangUp", message: noAnswerMessageOf(voiceOf(agents, agent)) };
}

function voiceOf(agents: AgentVoices, agent: string): AgentVoice | undefined {
  return agents.get(agent) ?? agents.unusable.get(agent)?.voice;
}
