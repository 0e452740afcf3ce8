import type { ResponseRequest } from "../realtimeClient.ts";
import { type ModelNote, system } from "./prompts.ts";

/** What the model is told, and asked to say, where something else than a person has answered a call. */

/** For a message on a machine during which speech was heard. */
export function personSpoke(message: string): ModelNote {
  return system(
    "The phone network took the far end for an answering machine, and you began to leave a message; " +
      "then somebody spoke. If it is a person, go on with them as with anybody who takes a call. " +
      `If it was only a tone or the machine itself, leave the message once more: "${message}"`,
  );
}

/** For something that asks who is calling before it puts a call through. */
export function screened(message: string | undefined): ModelNote {
  return system(
    "This call is being screened: a machine asks who is calling and why, and shows your words to the " +
      "person called. Answer it with one short sentence that says who is calling and why, and nothing " +
      "else. Then wait in silence, also if it asks you to stay on the line. When a person speaks, greet " +
      "them and go on as usual." +
      (message === undefined
        ? ""
        : ` If it asks for a message instead, leave this one: "${message}"`),
  );
}

/** Answers something that asks who is calling and why. */
export function answerScreening(): ResponseRequest {
  return {
    purpose: "say",
    instructions:
      "Say in one short sentence, in the language of the conversation, who is calling and why. Say nothing else, and ask nothing.",
    tools: "none",
  };
}

/** For a person who takes the call while a message is left. */
export function personTookCall(): ModelNote {
  return system(
    "An answering machine had answered, and you were leaving a message on it; now a person has taken " +
      "the call. Greet them and go on with them as with anybody who takes a call.",
  );
}
