import type { Agent } from "../../config/agents.ts";
import { openingTexts } from "../../config/openings.ts";
import { nameAmong, variablesOf } from "../../config/template.ts";

/**
 * The variables in what an agent says to people whom it calls, and in its instructions, that have no value
 * where a request gives these names: they are left out of the texts.
 */
export function missingVariables(agent: Agent, given: readonly string[]): readonly string[] {
  return askedVariables(agent).filter((name) => nameAmong(given, name) === undefined);
}

/** The variables in these texts that the server has no value for by itself. */
export function askedVariables(agent: Agent): readonly string[] {
  const known = asked.get(agent);
  if (known !== undefined) return known;
  const { instructions, greeting, voicemail, screening, phone_menu } = agent;
  const goal = typeof phone_menu === "object" ? phone_menu.goal : undefined;
  const texts = [instructions, greeting, voicemail, screening, goal]
    .concat(openingTexts(agent).map(({ text }) => text));
  const names = variablesOf(texts.filter((text) => typeof text === "string").join("\n"))
    .filter((name) => nameAmong(BUILT_IN, name) === undefined);
  asked.set(agent, names);
  return names;
}

/** By the object: a file that changes makes another one. */
const asked = new WeakMap<Agent, readonly string[]>();

/** What `variables` of `callSetup.ts` adds to those of a request. */
const BUILT_IN = ["caller", "called", "context", "direction", "date", "timezone"];
