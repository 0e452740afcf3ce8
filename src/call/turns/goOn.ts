import type { CallInput } from "../callInput.ts";
import { isGoOn } from "../heard/goOnWords.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import * as prompts from "../model/prompts.ts";
import type { ResponseRequest } from "../realtimeClient.ts";
import type { UnheardRest } from "../transcript/unheardRest.ts";
import type { Milliseconds } from "../types.ts";

/**
 * Has an agent that was cut off say the rest, from the first word that was not heard, where the caller asks
 * for just that: in the place of the answer that the model is about to give, unless it has begun to sound.
 */
export class GoOn {
  readonly #call: MachineParts;
  /** The model's own answer, which is on the way, is not wanted. */
  #replaces = false;

  constructor(call: MachineParts) {
    this.#call = call;
  }

  /** Comes after all else has seen the input. */
  follow(input: CallInput, now: Milliseconds): void {
    if (input.type === "speechStarted") this.#replaces = false;
    const text = input.type === "typed" || input.type === "callerText" && input.final
      ? input.text
      : undefined;
    const { languages = [] } = this.#call.policy;
    if (text !== undefined && isGoOn(text, languages)) this.#ask(now);
  }

  /** A response of the model's has begun; true where it is not wanted and was cancelled. */
  responseStarted(responseId: string, isReply: boolean, now: Milliseconds): boolean {
    const isUnwanted = this.#replaces && isReply;
    this.#replaces = false;
    if (isUnwanted) this.#call.speech.abandon(responseId, now);
    return isUnwanted;
  }

  #ask(now: Milliseconds): void {
    const { turns, speech, transcript } = this.#call;
    const rest = transcript.entries.unheardRest();
    const { current, responseId } = turns;
    const hasBegun = responseId !== undefined && speech.responses.hasSounded(responseId);
    if (rest === undefined || hasBegun || speech.audible) return;
    turns.withdraw("reply");
    if (responseId !== undefined) speech.abandon(responseId, now);
    else this.#replaces = current?.purpose === "reply" || turns.callerState.isAnswerDue;
    turns.callerState.answerWithdrawn();
    turns.ask(rest.unfinished ? restAndMore(rest) : prompts.sayRest(rest.heard, rest.unheard), now);
  }
}

/** No reply: the answer that it stands in the place of is one, and is cancelled. */
function restAndMore({ heard, unheard }: UnheardRest): ResponseRequest {
  return { ...prompts.sayRestAndMore(heard, unheard), purpose: "say" };
}
