import type { CallRequest } from "../../call/types.ts";
import type { Agent } from "../../config/agents.ts";
import { fillTemplate } from "../../config/template.ts";
import { variables } from "./agentSetup.ts";

/** The text to leave on an answering machine; undefined where the agent hangs up instead. */
export function voicemailText(
  agent: Agent,
  request: CallRequest,
  now: Date,
): string | undefined {
  if (agent.voicemail === "hangup") return undefined;
  return fillTemplate(agent.voicemail, variables(agent, request, now));
}

/** What a call screener is told; undefined where the agent finds the words. */
export function screeningText(
  agent: Agent,
  request: CallRequest,
  now: Date,
): string | undefined {
  if (agent.screening === undefined) return undefined;
  return fillTemplate(agent.screening, variables(agent, request, now));
}
