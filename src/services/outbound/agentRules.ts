import type { CallRefused } from "../../call/sessionApi.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { agentRefusal, voicemailText } from "../calls.ts";
import { type SpokenMessage, spokenMessage } from "../twilioOutbound.ts";
import { type OutboundJob, requestOf } from "./outboundJob.ts";

/** What the files of agents say about placed calls. */
export interface AgentRules {
  /** Why an agent can take no call at all, if so. */
  agentRefusal(agent: string): CallRefused | undefined;
  /** What to leave on a machine; undefined means to hang up. */
  voicemail(job: OutboundJob): SpokenMessage | undefined;
  /** How long a call may last after a transfer; 0 where the agent has no transfers. */
  transferMs(agent: string): number;
}

export function createAgentRules({ agents, limits }: {
  readonly agents: Agents;
  readonly limits: Pick<Settings["limits"], "transferMs">;
}): AgentRules {
  return {
    agentRefusal: (agent) =>
      agents.get(agent) === undefined ? agentRefusal(agents, agent) : undefined,
    voicemail(job) {
      const agent = agents.get(job.agent);
      if (agent === undefined) return undefined;
      const text = voicemailText(agent, requestOf(job), new Date());
      return text === undefined ? undefined : spokenMessage(agent, text);
    },
    transferMs: (agent) =>
      Object.keys(agents.get(agent)?.transfers ?? {}).length > 0 ? limits.transferMs : 0,
  };
}
