import { CallRefused, type RegistryOptions } from "../../call/registry.ts";
import type { CallRequest } from "../../call/types.ts";
import { inLanguage } from "../../config/agentLanguage.ts";
import type { Agent, Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { pseudonymOf } from "../../utils/pseudonym.ts";
import type { KeptSpeeches } from "../keptSpeech.ts";
import type { Knowledge } from "../knowledge.ts";
import type { Toolbox } from "../tools.ts";
import { createAgentSetup, variables } from "./agentSetup.ts";
import { withKnowledge } from "./callKnowledge.ts";
import { withPhoneMenu } from "./phoneMenuCall.ts";

/** What a call of this agent gets, whether or not there is one. */
export type DescribeCall = (
  agent: Agent,
  request: CallRequest,
) => ReturnType<RegistryOptions["describe"]>;

/** Creates the function that sets up every call of the registry. It throws `CallRefused`. */
export function createCallSetup({ agents, describeCall }: {
  readonly agents: Agents;
  readonly describeCall: DescribeCall;
}): RegistryOptions["describe"] {
  return function describe(request) {
    const agent = agents.get(request.agent);
    if (agent === undefined) throw agentRefusal(agents, request.agent);
    agents.pin(request, agent);
    return describeCall(agent, request);
  };
}

/** Creates the function that describes a call of an agent as it is defined; it leaves no trace. */
export function createCallDescription(
  settings: Settings,
  { toolsOf, keptSpeech, knowledge, now, pseudonymSecret }: {
    readonly toolsOf: Toolbox;
    readonly keptSpeech: Pick<KeptSpeeches, "forCall">;
    readonly knowledge: Pick<Knowledge, "forCall">;
    readonly now: () => Date;
    /** Never leaves this server: with it, the model's provider could find callers' numbers. */
    readonly pseudonymSecret: string;
  },
): DescribeCall {
  const { openai: { model, groupMs }, limits: { idleMs, callMs, holdMs } } = settings;
  return function describeCall(defined, request) {
    const agent = inLanguage(defined, request.language);
    const tools = toolsOf(defined);
    const declarations = tools.declarationsFor(request.direction);
    const { policies: toolPolicies, remote: { servers: toolServers } } = tools;
    const at = now();
    const described = withPhoneMenu(
      agent,
      request,
      createAgentSetup(agent, request, {
        model,
        idleMs,
        maxMs: callMs,
        format: request.direction === "web" ? "pcm24k" : "pcmu",
        now: at,
        pseudonym: (caller) => pseudonymOf(caller, pseudonymSecret),
        toolPolicies,
      }),
      { values: variables(agent, request, at), maxHoldMs: holdMs },
    );
    const use = knowledge.forCall(agent.name);
    const { setup, policy, ...call } = withKnowledge(agent, described, declarations, use);
    return {
      title: agent.title,
      version: agent.version,
      policy,
      setup: { ...setup, tools: call.tools, ...(toolServers.length > 0 && { toolServers }) },
      groupMs,
      kept: keptSpeech.forCall(agent, setup.format, policy),
    };
  };
}

/** Why no call can be given to an agent that is not among the usable ones. */
export function agentRefusal({ unusable }: Pick<Agents, "unusable">, name: string): CallRefused {
  return new CallRefused(unusable.has(name) ? "agent_unusable" : "unknown_agent");
}
