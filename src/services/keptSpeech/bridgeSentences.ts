import type { Agent } from "../../config/agents.ts";
import { mainLanguage } from "../../config/agentSchema.ts";

/** What a caller hears while the agent's model is away: the agent's own words, or some in its language. */
export function bridgeOf(agent: Agent): string | undefined {
  if (agent.bridge === "off") return undefined;
  if (agent.bridge !== undefined) return agent.bridge;
  return sentences[new Intl.Locale(mainLanguage(agent)).language];
}

const sentences: Readonly<Record<string, string>> = {
  de: "Einen Moment bitte.",
  en: "One moment, please.",
  es: "Un momento, por favor.",
  fr: "Un instant, s'il vous plaît.",
  it: "Un momento, per favore.",
  nl: "Een moment, alstublieft.",
  pl: "Chwileczkę, proszę.",
  pt: "Um momento, por favor.",
};
