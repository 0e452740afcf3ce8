import { exactly, type ModelNote } from "../model/prompts.ts";
import type { ResponseRequest } from "../realtimeClient.ts";
import type { Handoff } from "../handoff.ts";
import type { UnheardRest } from "../transcript/unheardRest.ts";

/** What the next agent is told of the one that had the caller. */
export type HandoffReport =
  & Pick<Handoff, "fromTitle" | "why" | "facts">
  & {
    /** What `summaryFor` has made; the conversation before is then not told. */
    readonly summary?: string;
  }
  & Partial<Pick<Handoff, "title">>;

/** Announces a handoff: `say` word for word, else the model's own. */
export function handoffSentence({ say, title }: Pick<Handoff, "say" | "title">): ResponseRequest {
  return {
    purpose: "handoff",
    instructions: say === undefined
      ? `Tell the caller in one short sentence, in the language of the conversation, that you are putting them through to ${title} now.`
      : exactly(say),
    tools: "none",
  };
}

/** For the agent that gets the call: who had it, why, and what it has to know. */
export function handoffNote({ fromTitle, title, why, facts, summary }: HandoffReport): ModelNote {
  const lines = [
    `The call has been handed over to you${
      title === undefined ? "" : `, ${title},`
    } by another agent, ${fromTitle}. ${
      summary === undefined
        ? "What is said above was said by that agent or ones before it, and the"
        : "The"
    } caller hears you for the first time. Only your own instructions count now.`,
    ...(summary === undefined ? [] : [`What came before: ${summary}`]),
    ...(why === undefined ? [] : [`Why: ${JSON.stringify(why)}`]),
    ...(facts === undefined ? [] : [`What that agent has noted: ${factsShown(facts)}`]),
    "The call is not new: do not greet the caller as if it were, and do not ask again for what has " +
    "been said. When you speak next, say in a few words who you are, in the language of the " +
    "conversation, and go on with what the caller wants.",
  ];
  return { type: "message", role: "system", text: lines.join("\n") };
}

/** What the next agent is told in the place of the conversation: the model's words, and what is known for sure. */
export function summaryFor(
  { summary, promises = [] }: Pick<Handoff, "summary" | "promises">,
  rest: UnheardRest | undefined,
): string | undefined {
  if (summary === undefined) return undefined;
  const lines = [
    JSON.stringify(summary),
    ...(promises.length === 0
      ? []
      : [`The caller was promised, and has heard: ${
        JSON.stringify(promises.map(({ text }) => text))
      }`]),
    ...(rest === undefined ? [] : [
      `The caller has not heard this end of that agent's words: ${JSON.stringify(rest.unheard)}`,
    ]),
  ];
  return lines.join("\n");
}

/** What a model reads instead of the handoff that it asked for. */
export const UNDER_WAY = refusal(
  "handoff_under_way",
  "Not carried out: the call is being handed over already.",
);
export const TOO_MANY = refusal(
  "too_many_handoffs",
  "Not carried out: this call has been handed over too often. Help the caller yourself as far as you can.",
);
export const UNAVAILABLE = refusal(
  "agent_unavailable",
  "Not carried out: that agent cannot take the call now. Help the caller yourself as far as you can, and say so where you cannot.",
);
export const HAS_CALL = refusal(
  "has_the_call",
  "Not carried out: that agent has the call already.",
);

function refusal(code: string, error: string): string {
  return JSON.stringify({ error, code });
}

function factsShown(facts: string): string {
  return facts.startsWith("{") ? facts : JSON.stringify(facts);
}
