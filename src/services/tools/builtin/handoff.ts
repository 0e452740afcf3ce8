import type { HandoffEntry } from "../../../config/handoffSchema.ts";
import { fillTemplate } from "../../../config/template.ts";
import { present } from "../../../utils/present.ts";
import { type Tool, ToolError } from "../tool.ts";

/** Limit of a fact or a reason; far beyond a sentence or two. */
const MAX_FACT_CHARS = 500;
const MAX_SUMMARY_CHARS = 2000;

/** Lets the agent hand the call over to one of the given agents. Throws where there is none. */
export function createHandoff(handoffs: Readonly<Record<string, HandoffEntry>>): Tool {
  const names = Object.keys(handoffs);
  if (names.length === 0) throw new RangeError("Cannot offer handoffs: the agent has none");
  const summed = names.filter((name) => handoffs[name]?.asksSummary === true);
  const known = summed.length === names.length ? "what you sum up of the" : "the";
  const carried = [...new Set(Object.values(handoffs).flatMap(({ carry }) => carry))];
  return {
    name: "handoff",
    description: [
      "Hands the call over to another agent, which then speaks to the caller. It knows " +
      `${known} conversation so far. Use it as soon as the caller wants what another agent is there for; ` +
      "do not ask them to call somebody else, and do not announce it unless you are told to.",
      ...names.map((name) => `- ${name}: when ${handoffs[name]?.when}`),
    ].join("\n"),
    parameters: {
      type: "object",
      properties: {
        to: { type: "string", enum: names, description: "Who gets the call." },
        reason: {
          type: "string",
          maxLength: MAX_FACT_CHARS,
          description: "What the caller wants, in one sentence.",
        },
        facts: factsSchema(carried),
        ...(summed.length > 0 && { summary: summarySchema(summed) }),
      },
      required: ["to", ...(summed.length === names.length ? ["summary"] : [])],
      additionalProperties: false,
    },
    run({ to, reason, facts, summary }, { variables }) {
      const { agent, say, lastLines, carry = [], asksSummary } = handoffs[String(to)] ??
        { agent: String(to) };
      const summedUp = asksSummary === true ? words(summary, MAX_SUMMARY_CHARS) : undefined;
      if (asksSummary === true && summedUp === undefined) {
        throw new ToolError(
          "summary_missing",
          `Give \`summary\` too: ${to} is told nothing else of the conversation.`,
        );
      }
      return {
        output: { status: "handing_over", to: agent },
        effect: {
          type: "handoff",
          agent,
          ...present({
            say: say === undefined ? undefined : fillTemplate(say, variables),
            lastLines,
            summary: summedUp,
            why: words(reason),
            facts: factsFor(facts, [...carry, OTHER]),
          }),
        },
      };
    },
  };
}

/** What is to be passed on beside the named facts. */
const OTHER = "other";

function factsSchema(names: readonly string[]) {
  const about = "What the other agent has to know, as far as the caller has said it.";
  const text = { type: "string", maxLength: MAX_FACT_CHARS };
  if (names.length === 0) return { ...text, description: about };
  const properties = Object.fromEntries([...names, OTHER].map((name) => [name, text]));
  return { type: "object", properties, additionalProperties: false, description: about };
}

function summarySchema(names: readonly string[]) {
  return {
    type: "string",
    maxLength: MAX_SUMMARY_CHARS,
    description: `Needed for ${names.join(", ")}, in the place of the conversation: what the ` +
      "caller wants, what was said, agreed and done so far, and what is open. No guesses.",
  };
}

function factsFor(facts: unknown, names: readonly string[]): string | undefined {
  if (typeof facts !== "object" || facts === null) return words(facts);
  const chosen = Object.entries(facts).flatMap(([name, value]) => {
    const text = names.includes(name) ? words(value) : undefined;
    return text === undefined ? [] : [[name, text] as const];
  });
  return chosen.length === 0 ? undefined : JSON.stringify(Object.fromEntries(chosen));
}

/** Words that the model has written; braces would make them something else. */
function words(text: unknown, maxChars = MAX_FACT_CHARS): string | undefined {
  const written = typeof text === "string" ? text.trim().slice(0, maxChars) : "";
  return written === "" ? undefined : written.replace(/^\{+/, "").toWellFormed();
}
