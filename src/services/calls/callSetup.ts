import type { RegistryOptions } from "../../call/registry.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { pseudonymOf } from "../../utils/pseudonym.ts";
import { refusalOf } from "./agentRefusal.ts";
import { describeAgentCall } from "./agentSetup.ts";
import type { ToolRegistry } from "../tools.ts";

/** Makes what the registry asks for at the beginning of every call. */
export function createCallSetup(
  settings: Settings,
  { agents, tools, now, pseudonymSecret }: {
    readonly agents: Agents;
    /** By the agent's name. */
    readonly tools: ReadonlyMap<string, ToolRegistry>;
    readonly now: () => Date;
    /** Known to nobody else, the model's provider least of all. */
    readonly pseudonymSecret: string;
  },
): RegistryOptions["describe"] {
  const { openai: { model }, limits: { idleMs, callMs } } = settings;
  return function describe(request) {
    const agent = agents.get(request.agent);
    if (agent === undefined) throw refusalOf(agents, request.agent);
    const { setup, policy } = describeAgentCall(agent, request, {
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
