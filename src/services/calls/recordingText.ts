import type { CallRequest } from "../../call/types.ts";
import type { Agent } from "../../config/agents.ts";
import { fillTemplate } from "../../config/template.ts";
import { variables } from "./agentSetup.ts";

/** What anybody is told of the recording of a call; undefined where the agent's file has only a question, or nothing. */
export function recordingText(agent: Agent, request: CallRequest, now: Date): string | undefined {
  const { consent, announcement } = agent.recording ?? {};
  if (consent === "required" || announcement === undefined) return undefined;
  return fillTemplate(announcement, variables(agent, request, now));
}
