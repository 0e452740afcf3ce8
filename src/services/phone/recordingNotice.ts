import type { CallSession } from "../../call/sessionApi.ts";
import type { Agent } from "../../config/agents.ts";
import { recordingText } from "../calls.ts";
import { consultTextsOf, type SpokenMessage, spokenMessage } from "../twilioOutbound.ts";

/**
 * What a person hears before they join a conversation that is recorded, or that goes on to be: in the words of the
 * agent's file, else in fixed ones. Undefined where it is not.
 */
export function recordingNotice(
  { recordingState, request }: Pick<CallSession, "recordingState" | "request">,
  agent: Agent | undefined,
  now: Date,
): SpokenMessage | undefined {
  if (recordingState !== "on" && recordingState !== "paused") return undefined;
  const text = agent && recordingText(agent, request, now);
  if (agent !== undefined && text !== undefined) return spokenMessage(agent, text);
  const { texts, say } = consultTextsOf(agent);
  return say(texts.recorded);
}
