import type { TranscriptTurn } from "../callEvent.ts";
import * as prompts from "../model/prompts.ts";
import type { ResponseRequest } from "../realtimeClient.ts";
import type { ResumedCall } from "../resumedCall.ts";
import { wordsOf } from "../heard/words.ts";
import type { OpeningSentence } from "../toolPolicy.ts";
import { afterTransfer, transferFailed } from "../transfer/transferPrompts.ts";
import { unheardRest } from "../transcript/unheardRest.ts";
import type { CallEnd, CallPolicy } from "../types.ts";

/** How the agent goes on in a call that another session began. */
export interface Resumption {
  /** What the model is told of the interruption. */
  readonly note?: prompts.ModelNote;
  readonly request?: ResponseRequest;
  /** The agent had begun to take leave. */
  readonly plannedEnd?: CallEnd;
  /** It begins with the whole greeting, of which nothing has been heard. */
  readonly isGreeting?: true;
}

type ResumptionPolicy = Pick<
  CallPolicy,
  "opening" | "greeting" | "greetingProtected" | "toolPolicies" | "transfers"
>;

/** How the agent begins a call. */
export function beginningOf({ greeting }: Pick<CallPolicy, "greeting">): Resumption {
  if (greeting === undefined) return {};
  return { request: prompts.greeting(greeting), isGreeting: true };
}

/**
 * Decides it by who had the word. A call in which nothing was said begins with the greeting; a caller
 * who waits is answered; an agent that was broken off goes on; otherwise it says that it is there again.
 * One that had begun to take leave does so once more; what is left on a machine is given from outside again.
 */
export function resumptionOf(
  { turns, tools, connectedMs, plannedEnd, transferred, farEnd }: ResumedCall,
  policy: ResumptionPolicy,
): Resumption {
  // What becomes of a transfer that is under way decides.
  if (transferred?.open !== undefined && transferred.open.step !== "requested") return {};
  if (transferred?.untold !== undefined) {
    const { alias, why } = transferred.untold;
    const { unanswered } = policy.transfers[alias] ?? {};
    return { note: transferFailed(alias, why, unanswered), request: afterTransfer() };
  }
  if (plannedEnd?.reason === "voicemail") return {};
  // A session without a model has apologized: this one may have one.
  if (plannedEnd !== undefined && plannedEnd.reason !== "model_failed") return { plannedEnd };
  // Whoever takes it is greeted as in any call.
  if (farEnd !== undefined && farEnd !== "person") return beginningOf(policy);
  const { greeting, greetingProtected } = policy;
  const { opening = [] } = policy;
  const conversation = turns.filter(({ aside }) => aside !== true)
    .filter((turn) => !isOfOpening(turn, opening))
    .sort((a, b) => a.position - b.position);
  const said = conversation.filter(({ text, final, unheard }) =>
    (text !== "" || unheard !== undefined) && (final || connectedMs !== undefined)
  );
  const isHeard = said.some(({ text }) => text !== "");
  const last = said.at(-1);
  const latestOf = (of: TranscriptTurn["role"]) =>
    Math.max(-1, ...said.filter(({ role }) => role === of).map(({ startedMs }) => startedMs));
  const [agentMs, callerMs] = [latestOf("agent"), latestOf("caller")];
  // While a tool runs, an agent says no more than that the caller has to wait.
  const owesResult = tools.some(({ name, startedMs, endedMs = startedMs, output }) => {
    // What ran beside the conversation is awaited whatever was said since.
    const isNews = policy.toolPolicies?.[name]?.isAsync === true;
    return output === undefined ? isNews || startedMs > callerMs : endedMs > agentMs;
  });
  const lastTurn = conversation.at(-1);
  if (connectedMs !== undefined && lastTurn?.role === "caller" && lastTurn.text === "") {
    return goOn("repeat");
  }
  if (!isHeard && !owesResult) {
    if (greeting !== undefined || connectedMs === undefined) return beginningOf(policy);
    if (last === undefined) return goOn("back");
  }
  if (last?.role === "caller" || owesResult) return goOn("answer");
  if (last === undefined || last.final && !last.interrupted) return goOn("back");
  const rest = last.unheard === undefined
    ? undefined
    : unheardRest(conversation.filter(({ role }) => role === "agent"));
  if (rest !== undefined) {
    // Of a line that was still open the model's words are known as far as they had come.
    const isWhole = last.final ? !rest.unfinished : SENTENCE_END.test(rest.unheard);
    const request = isWhole
      ? prompts.sayRest(rest.heard, rest.unheard)
      : prompts.sayRestAndMore(rest.heard, rest.unheard);
    return { note: prompts.lineIsBack("goOn"), request };
  }
  const isGreeting = said.length === 1 && greetingProtected;
  return isGreeting && greeting !== undefined
    ? { request: prompts.restOfGreeting(greeting) }
    : goOn("goOn");
}

/** What comes before the greeting is said again by itself, where its end was not heard. */
function isOfOpening(
  { role, text, unheard = "" }: TranscriptTurn,
  opening: readonly OpeningSentence[],
): boolean {
  if (role !== "agent") return false;
  const said = wordsOf(`${text} ${unheard}`);
  return said.length > 0 && opening.some((sentence) => {
    const words = wordsOf(sentence.text);
    return said.length <= words.length && said.every((word, at) => words[at] === word);
  });
}

const SENTENCE_END = /[.!?…؟。！？]["'”’»)\]]*$/;

function goOn(how: Parameters<typeof prompts.lineIsBack>[0]): Resumption {
  return {
    note: prompts.lineIsBack(how),
    request: { purpose: "reply", ...((how === "back" || how === "repeat") && { tools: "none" }) },
  };
}
