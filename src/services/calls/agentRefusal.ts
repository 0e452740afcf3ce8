import { CallRefused } from "../../call/sessionApi.ts";
import type { Agents } from "../../config/agents.ts";

/** Why no call can be given to an agent that is not among the usable ones. */
export function refusalOf(agents: Agents, name: string): CallRefused {
  return new CallRefused(agents.unusable.has(name) ? "agent_unusable" : "unknown_agent");
}
