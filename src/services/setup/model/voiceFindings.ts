import type { Agents } from "../../../config/agents.ts";
import type { Finding } from "../setupCheck.ts";

/** The voices of OpenAI's Realtime models; voices of one's own have ids. */
const VOICES = "alloy ash ballad coral echo sage shimmer verse marin cedar".split(" ");
const OWN_VOICE = /^voice_/;

/** Voices that agents name and OpenAI's models do not have; other models have voices of their own. */
export function voiceFindings(
  agents: Pick<Agents, "names" | "get">,
  usualModel: string,
): readonly Finding[] {
  return agents.names.flatMap((name): readonly Finding[] => {
    const agent = agents.get(name);
    if (agent === undefined || !(agent.model ?? usualModel).startsWith("gpt-realtime")) return [];
    if (VOICES.includes(agent.voice) || OWN_VOICE.test(agent.voice)) return [];
    return [{
      code: "voice_unknown",
      state: "warning",
      text: "The model has no voice {voice}: {agent} speaks with another.",
      remedy: "Write one of {voices} into the file of {agent}, or the id of a voice of your own.",
      values: { voice: agent.voice.slice(0, 80), agent: name, voices: VOICES.join(", ") },
    }];
  });
}
