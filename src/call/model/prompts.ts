import type { ModelRequest, ResponseRequest } from "../realtimeClient.ts";
import type { CallEnd } from "../types.ts";

/** What the model is asked to say at the turning points of a call; it speaks the caller's language. */

/** What the model is told beside the conversation. */
export type ModelNote = Extract<ModelRequest, { readonly type: "message" }>;

/** The agent's greeting, word for word. */
export function greeting(text: string): ResponseRequest {
  return { purpose: "greeting", instructions: exactly(text), tools: "none" };
}

/** Asks a silent caller whether they are there; with tools, the model may first do what it announced. */
export function idlePrompt(mayUseTools: boolean): ResponseRequest {
  const ask = "in the language of the conversation, ask whether they are still there.";
  return mayUseTools
    ? {
      purpose: "idle_prompt",
      instructions:
        `The caller has been silent for a while. If you said that you would do something and have not done it, do it now with your tools. Otherwise, in one short sentence, ${ask}`,
    }
    : {
      purpose: "idle_prompt",
      instructions: `The caller has been silent for a while. In one short sentence, ${ask}`,
      tools: "none",
    };
}

/** For an agent that may have announced something and then not done it. */
export function nudge(): ResponseRequest {
  return {
    purpose: "idle_prompt",
    instructions:
      "The caller is waiting. If you said that you would do something and have not done it, do it now with your tools. Otherwise, in one short sentence, in the language of the conversation, ask whether there is anything else.",
  };
}

/** For words that were spoken to a model that did not hear. */
export function sayAgain(): ResponseRequest {
  return {
    purpose: "say",
    instructions:
      "You did not hear what the caller just said. Tell them so in one short sentence, in the language of the conversation, and ask them to say it again.",
    tools: "none",
  };
}

/** For a caller who waits while a tool runs; spoken beside the conversation, so that the model does not remember it. */
export function filler(): ResponseRequest {
  return {
    purpose: "filler",
    instructions:
      "You are still looking something up for the caller. In a few words, in the language of the conversation, ask them to bear with you. Do not promise a result.",
    aside: true,
    tools: "none",
  };
}

/** The words of a tool that has begun to run; the model does not remember them. */
export function sayBeside(text: string): ResponseRequest {
  return { purpose: "filler", instructions: exactly(text), aside: true, tools: "none" };
}

/** For an answer that was cut off before its first word. */
export function resultUnheard(tools: readonly string[]): ModelNote {
  return system(
    "The caller has heard nothing of your last answer: they have not been told what this has returned: " +
      `${tools.join(", ")}. Tell them, after what they say now has been answered.`,
  );
}

/** For a model that cannot be made to forget what was cut off. */
export function heardOnly(text: string): ModelNote {
  return system(
    text === ""
      ? "The caller has heard nothing of your last words."
      : `The caller has heard your last words only up to here: "…${text.slice(-MAX_HEARD_LENGTH)}"`,
  );
}

/** For a tool that has run beside the conversation. */
export function toolNews(name: string, output: string): string {
  return `The tool ${name} has returned: ${output}`;
}

/** For a caller who waits for an answer that is slow to come. */
export function bridge(): ResponseRequest {
  return {
    purpose: "filler",
    instructions:
      "The caller is waiting for you. In a few words, in the language of the conversation, ask them to bear with you for a moment. Do not answer anything yet, and do not promise a result.",
    aside: true,
    tools: "none",
  };
}

/** Announces the time limit of the call. */
export function timeWarning(secondsLeft: number): ResponseRequest {
  return {
    purpose: "time_warning",
    instructions:
      `Tell the caller in one short sentence, in the language of the conversation, that this call has to end in about ${secondsLeft} seconds.`,
    tools: "none",
  };
}

/** The last words of a call: `text` word for word, else the model's own. */
export function goodbye({ reason }: CallEnd, text?: string): ResponseRequest {
  const own = reason === "spend_limit"
    ? "Tell the caller in one short sentence, in the language of the conversation, that this call has reached its limit and has to end now, and say goodbye."
    : "Say goodbye to the caller in one short sentence, in the language of the conversation.";
  return {
    purpose: "goodbye",
    instructions: text === undefined ? own : exactly(text),
    tools: "none",
  };
}

/** Announces a transfer: `sentence` word for word, else the model's own. */
export function transferSentence(sentence?: string): ResponseRequest {
  return {
    purpose: "goodbye",
    instructions: sentence === undefined
      ? "Tell the caller in one short sentence, in the language of the conversation, that you are connecting them now."
      : exactly(sentence),
    tools: "none",
  };
}

/** What an operator wants said, word for word. */
export function say(text: string): ResponseRequest {
  return { purpose: "say", instructions: exactly(text), tools: "none" };
}

/** A sentence of which the call follows under this id how much the caller has heard. */
export function sayExactly(text: string, id: string): ResponseRequest {
  return { ...say(text), exact: id };
}

/** A sentence that comes before the greeting. */
export function opening(text: string, id: string): ResponseRequest {
  return { ...greeting(text), purpose: "opening", exact: id };
}

/** For a model that takes over in the middle of a sentence. */
export function goOn(): ModelNote {
  return {
    type: "message",
    role: "system",
    text:
      "A fault broke off your last words, where the conversation above ends. Go on from there; do not begin again.",
  };
}

/** For a model that takes over a call whose line, or whose server, was away for a moment. */
export function lineIsBack(how: keyof typeof NEXT): ModelNote {
  return system(
    "The connection with the caller was interrupted and is back; they may have heard a short notice " +
      "about it. The conversation so far is above. Do not greet them again, and repeat nothing that " +
      `they have heard. ${NEXT[how]}`,
  );
}

const NEXT = {
  answer: "They are still waiting for an answer: give it now.",
  goOn: "You were broken off where your last words above end: go on from there.",
  repeat:
    "They were speaking and you did not hear all of it: ask them in one short sentence, in the language of the conversation, to say it again.",
  back:
    "Now say in one short sentence, in the language of the conversation, that you are there again.",
} as const;

/** For a model that takes over in the middle of an answer to something that it is yet to hear. */
export function goOnAnswering(): ModelNote {
  return system(
    "A fault broke off your last words, where the conversation above ends. They were the beginning of " +
      "your answer to what the caller says next, which you hear for a second time. When it is over, go " +
      "on from where you were broken off; do not begin again, and do not call a tool that has been called.",
  );
}

/** For words that an agent was asked for and has begun. */
export function restOf(request: ResponseRequest): ResponseRequest {
  const { purpose, instructions = "Go on." } = request;
  return {
    purpose,
    instructions:
      `Your last words were broken off where the conversation above ends. Say the rest of them from there, and nothing twice. You had been asked: ${instructions}`,
    tools: "none",
  };
}

/** For words that were cut off: `unheard` is said word for word, from the first word that was not heard. */
export function sayRest(heard: string, unheard: string): ResponseRequest {
  return {
    purpose: "say",
    instructions: `${cutOffAfter(heard)}${exactly(unheard)}`,
    tools: "none",
  };
}

/** For words that were cut off and whose end is not known. */
export function sayRestAndMore(heard: string, unheard: string): ResponseRequest {
  return {
    purpose: "reply",
    instructions: `${
      cutOffAfter(heard)
    }Begin with exactly these words, which nobody has heard, and finish what you were about to say: "${unheard}"`,
    tools: "none",
  };
}

function cutOffAfter(heard: string): string {
  if (heard === "") return "You were cut off before the caller heard you. ";
  const last = heard.slice(-MAX_HEARD_LENGTH);
  return `You were cut off, and go on exactly where the caller stopped hearing you: after "…${last}". Say no word of that again. `;
}

const MAX_HEARD_LENGTH = 100;

/** For a greeting that must be heard whole. */
export function restOfGreeting(text: string): ResponseRequest {
  return {
    purpose: "greeting",
    instructions:
      `Your greeting was broken off where the conversation above ends. Say the rest of it from there, word for word, and nothing else. The whole greeting: "${text}"`,
    tools: "none",
  };
}

/** Answers a tool call that came to nothing, so that the model neither waits for it nor believes it done. */
export const NOT_CARRIED_OUT = JSON.stringify({
  error: "This was interrupted and not carried out. Ask for it again if it is still wanted.",
});
/** Stands for the output of a tool that is still running, for a model that has not called it itself. */
export const STILL_RUNNING = JSON.stringify({
  status:
    "Still running: a message will tell you its result. Do not call it again, and do not guess what it returns.",
});
/** The output of a tool that runs on beside the conversation. */
export const STARTED = JSON.stringify({
  status: "started",
  note:
    "The result will be told in a message. Go on with the conversation until then; do not call it again, and do not guess what it returns.",
});
/** Stands for the output of a tool whose server was lost while it ran. */
export const OUTCOME_UNKNOWN = JSON.stringify({
  error:
    "The connection was lost while this ran: it is not known whether it was carried out. Assume neither. Find out if you can, and otherwise ask the caller before you do it again.",
});
export const WAIT_FOR_CALLER = JSON.stringify({
  error:
    "Not carried out: too many tool calls without a word from the caller. Wait for the caller.",
});

/** For what becomes known of a call after it has begun. */
export function aboutThisCall(text: string): ModelNote {
  return system(
    `This is now known about the call; use it where it helps, and do not read it out: ${text}`,
  );
}

/** What an operator who listens wants of the agent. */
export function whispered(text: string): ModelNote {
  return system(
    "The operator of this service, whom the caller does not hear, tells you this for the rest of the call. " +
      `Follow it from your next answer on, and do not mention that you were told: ${text}`,
  );
}

/** What the model is told about the call. */
export function system(text: string): ModelNote {
  return { type: "message", role: "system", text };
}

/** Asks for words as they are. */
export function exactly(text: string): string {
  return `Say exactly the following, word for word, and nothing else: "${text}"`;
}
