import type { CallRequest } from "../../call/types.ts";
import type { Agent } from "../../config/agents.ts";

/**
 * Whether it is found out who or what answers a call before the agent speaks: where the request asks for it,
 * and else where the agent has something to say to a machine. Phone menus have rules of their own.
 */
export function findsOutWhoAnswers(
  agent: Agent,
  { direction, machineDetection }: Pick<CallRequest, "direction" | "machineDetection">,
): boolean {
  if (direction !== "outbound" || agent.phone_menu !== undefined) return false;
  return machineDetection ?? (agent.voicemail !== "hangup" || agent.screening !== undefined);
}
