import type { Agent, Agents } from "../config/agents.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";

/**
 * The agent of a name in an address, as calls get it: of its file, or of the last good version of that.
 * Throws 404 where there is none of this name, and 503 with what is wrong where its file never was usable.
 */
export function usableAgent(agents: Pick<Agents, "get" | "unusable">, name: string): Agent {
  const agent = agents.get(name);
  if (agent !== undefined) return agent;
  const unusable = agents.unusable.get(name);
  if (unusable === undefined) throw unknownAgent();
  throw new HttpProblem(503, "agent_unusable", UNUSABLE, {
    details: unusable.problems.map(({ path = "", message }) => ({ path, message })),
  });
}

/** The answer for an agent that is not in the folder. */
export function unknownAgent(): HttpProblem {
  return new HttpProblem(404, "unknown_agent", "There is no agent of this name.");
}

/** What is said of an agent whose file cannot be used. */
export const UNUSABLE =
  "The file of this agent is faulty: GET /api/agents says why, and it is used as soon as it is mended.";
