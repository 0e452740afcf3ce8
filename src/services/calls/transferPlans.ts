import type { CallPolicy } from "../../call/types.ts";
import type { Agent } from "../../config/agents.ts";
import { fillTemplate, type TemplateValues } from "../../config/template.ts";
import { present } from "../../utils/present.ts";

/** What an agent says and does about its transfers in one call, by alias. */
export function transferPlans(agent: Agent, values: TemplateValues): CallPolicy["transfers"] {
  const filled = (text: string | undefined) => text && fillTemplate(text, values);
  return Object.fromEntries(
    Object.entries(agent.transfers).map((
      [alias, { sentence, unanswered, mode, order, then, hold }],
    ) => [
      alias,
      {
        mode,
        ...present({ sentence: filled(sentence), unanswered: filled(unanswered) }),
        ...(hold !== undefined && {
          hold: { text: fillTemplate(hold.text, values), everyMs: hold.everySeconds * 1000 },
        }),
        ...(mode !== "cold" && order === "at_once" && { atOnce: true }),
        ...(then === "return" && { returns: true }),
      },
    ]),
  );
}
