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
  const texts = textsOf(agent).filter((text) => typeof text === "string");
  const names = variablesOf(texts.join("\n"))
    .filter((name) => nameAmong(BUILT_IN, name) === undefined);
  asked.set(agent, names);
  return names;
}

/** All in an agent's file that is filled with the variables of a call. */
function textsOf(agent: Agent): readonly (string | undefined)[] {
  const { instructions, greeting, voicemail, screening, phone_menu, must_hear, outbound } = agent;
  const { transfers, handoffs, sms, tools, http_tools, client_tools, mcp_servers } = agent;
  const optOut = outbound?.opt_out;
  const policies = [tools, http_tools, client_tools]
    .concat(mcp_servers.map(({ tools }) => tools === "all" ? [] : tools));
  return [
    ...[instructions, greeting, voicemail, screening],
    typeof phone_menu === "object" ? phone_menu.goal : undefined,
    ...openingTexts(agent).map(({ text }) => text),
    typeof optOut === "object" ? optOut.sentence : undefined,
    ...Object.values(must_hear).map(({ text }) => text),
    ...Object.values(transfers)
      .flatMap(({ sentence, unanswered, hold }) => [sentence, unanswered, hold?.text]),
    ...Object.values(handoffs).map(({ say }) => say),
    ...policies.flat().map(({ say }) => say),
    ...Object.values(sms.texts),
  ];
}

/** By the object: a file that changes makes another one. */
const asked = new WeakMap<Agent, readonly string[]>();

/** What `variables` of `agentSetup.ts` adds to those of a request. */
const BUILT_IN = ["caller", "called", "context", "direction", "date", "timezone"];
