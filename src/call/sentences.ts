import type { ModelRequest, ResponseRequest } from "./realtimeClient.ts";
import type { CallEnd } from "./types.ts";

/** What the model is asked to say at the turning points of a call; it speaks the caller's language. */

export function greeting(text: string): ResponseRequest {
  return { purpose: "greeting", instructions: exactly(text), tools: "none" };
}

export function idlePrompt(): ResponseRequest {
  return {
    purpose: "idle_prompt",
    instructions:
      "The caller has been silent for a while. In one short sentence, in the language of the conversation, ask whether they are still there.",
    tools: "none",
  };
}

export function filler(): ResponseRequest {
  return {
    purpose: "filler",
    instructions:
      "You are still looking something up for the caller. In a few words, in the language of the conversation, ask them to bear with you. Do not promise a result.",
    aside: true,
    tools: "none",
  };
}

export function timeWarning(secondsLeft: number): ResponseRequest {
  return {
    purpose: "time_warning",
    instructions:
      `Tell the caller in one short sentence, in the language of the conversation, that this call has to end in about ${secondsLeft} seconds.`,
    tools: "none",
  };
}

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

export function handOver(sentence?: string): ResponseRequest {
  return {
    purpose: "goodbye",
    instructions: sentence === undefined
      ? "Tell the caller in one short sentence, in the language of the conversation, that you are connecting them now."
      : exactly(sentence),
    tools: "none",
  };
}

export function say(text: string): ResponseRequest {
  return { purpose: "say", instructions: exactly(text), tools: "none" };
}

/** For a model that takes over in the middle of a sentence. */
export function goOn(): ModelRequest {
  return {
    type: "message",
    role: "system",
    text:
      "A fault broke off your last words, where the conversation above ends. Go on from there; do not begin again.",
  };
}

function exactly(text: string): string {
  return `Say exactly the following, word for word, and nothing else: "${text}"`;
}
