import type { CallSession } from "../../call/sessionApi.ts";
import type { Agent } from "../../config/agents.ts";
import { recordingText } from "../calls.ts";
import { consultTextsOf, type SpokenMessage, spokenMessage } from "../twilioOutbound.ts";

/**
 * What a person hears before they join a conversation that is recorded, or that may be while they are there: in the
 * words of the agent's file, else in fixed ones. Undefined where it cannot be.
 */
export function recordingNotice(
  { recordingState, request }: Pick<CallSession, "recordingState" | "request">,
  agent: Agent | undefined,
  now: Date,
): SpokenMessage | undefined {
  const mayRecord = recordingState === "on" || recordingState === "paused" ||
    recordingState === "waiting";
  if (!mayRecord) return undefined;
  const text = agent && recordingText(agent, request, now);
  if (agent !== undefined && text !== undefined) return spokenMessage(agent, text);
  const { texts, say } = consultTextsOf(agent);
  return say(texts.recorded);
}
