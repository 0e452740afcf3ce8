import { CallRefused } from "../../call/sessionApi.ts";
import type { RegistryOptions } from "../../call/registry.ts";
import type { Agent, Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { pseudonymOf } from "../../utils/pseudonym.ts";
import { createAgentSetup } from "./agentSetup.ts";
import type { ToolRegistry } from "../tools.ts";

/** Creates the function that sets up every call of the registry. It throws `CallRefused`. */
export function createCallSetup(
  settings: Settings,
  { agents, tools, now, pseudonymSecret }: {
    readonly agents: Agents;
    /** By the agent's name. */
    readonly tools: ReadonlyMap<string, ToolRegistry>;
    readonly now: () => Date;
    /** Never leaves this server: with it, the model's provider could find callers' numbers. */
    readonly pseudonymSecret: string;
  },
): RegistryOptions["describe"] {
  const { openai: { model }, limits: { idleMs, callMs } } = settings;
  return function describe(request) {
    const agent = usableAgent(agents, request.agent);
    const { setup, policy } = createAgentSetup(agent, request, {
      model,
      idleMs,
      maxMs: callMs,
      format: request.direction === "web" ? "pcm24k" : "pcmu",
      now: now(),
      pseudonym: (caller) => pseudonymOf(caller, pseudonymSecret),
    });
    return { policy, setup: { ...setup, tools: tools.get(agent.name)?.declarations ?? [] } };
  };
}

/** The agent for a call. Throws `CallRefused` where there is none that is usable. */
export function usableAgent(agents: Pick<Agents, "get" | "unusable">, name: string): Agent {
  const agent = agents.get(name);
  if (agent !== undefined) return agent;
  throw new CallRefused(agents.unusable.has(name) ? "agent_unusable" : "unknown_agent");
}
