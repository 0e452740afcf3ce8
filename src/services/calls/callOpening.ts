import type { OpeningSentence } from "../../call/toolPolicy.ts";
import type { CallPolicy, CallRequest } from "../../call/types.ts";
import type { Agent } from "../../config/agents.ts";
import { disclosureFor } from "../../config/outboundSchema.ts";
import { recordingAnnouncement } from "../../config/openings.ts";
import { fillTemplate, type TemplateValues } from "../../config/template.ts";
import { countryOfNumber } from "../spending.ts";

/**
 * What is said before the greeting of a call, in this order, and cannot be interrupted: the texts that
 * `config/openings.ts` knows of the agent, as far as this call needs them.
 */
export function callOpening(
  agent: Agent,
  request: CallRequest,
  values: TemplateValues,
): CallPolicy["opening"] {
  const sentences = [disclosureOf(agent, request), recordingAnnouncement(agent.recording)]
    .flatMap((sentence) => sentence ?? []);
  if (sentences.length === 0) return undefined;
  return sentences.map(({ name, text }) => ({ name, text: fillTemplate(text, values) }));
}

/** Who is called by a machine is told so, in the words that their country asks for. */
function disclosureOf(agent: Agent, request: CallRequest): OpeningSentence | undefined {
  if (request.direction !== "outbound") return undefined;
  // The far end of a placed call is its caller, in the words of a call.
  const country = request.caller === undefined ? undefined : countryOfNumber(request.caller);
  const text = disclosureFor(agent.outbound, country);
  return text === undefined ? undefined : { name: "disclosure", text };
}
