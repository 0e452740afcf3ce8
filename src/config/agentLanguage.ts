import { type AgentVoice, mainLanguage } from "./agentSchema.ts";

/** What an agent says in words of its own. */
type Sayings = AgentVoice & { bridge?: string | undefined };

/**
 * An agent, or its voice, in a call that is held in another language. Its own words, and a voice that
 * reads them, are left out where they are of a different language.
 */
export function inLanguage<T extends Readonly<Sayings>>(
  agent: T,
  language: string | undefined,
): T {
  if (language === undefined) return agent;
  const spoken: T & Sayings = { ...agent, language };
  delete spoken.languages;
  if (baseOf(language) === baseOf(mainLanguage(agent))) return spoken;
  delete spoken.apology;
  delete spoken.phone_voice;
  if (spoken.bridge !== "off") delete spoken.bridge;
  if (spoken.fallback !== undefined) spoken.fallback = { transfer: spoken.fallback.transfer };
  return spoken;
}

function baseOf(language: string): string {
  return new Intl.Locale(language).language;
}
