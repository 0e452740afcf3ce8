import { type ModelNote, system } from "../model/prompts.ts";
import type { ResponseRequest } from "../realtimeClient.ts";
import type { TransferFailure } from "../transfer.ts";

/** For a model whose caller comes back, as nobody took the call; `unanswered` is what the operator wants then. */
export function transferFailed(
  alias: string,
  why: TransferFailure,
  unanswered?: string,
): ModelNote {
  return system(
    `The transfer to "${alias}" did not succeed: ${
      REASONS[why]
    } The caller is with you again and has heard nothing but ringing. ` +
      `Tell them so in a few words. ${unanswered ?? OFFER}`,
  );
}

/** For a model whose caller comes back from a talk with a person. */
export function personHungUp(alias: string): ModelNote {
  return system(
    `The caller has talked with "${alias}", who has hung up. The caller is with you again; you did not hear what they said. Ask whether there is anything else.`,
  );
}

/** The agent speaks first, and does not try the same again by itself. */
export function afterTransfer(): ResponseRequest {
  return { purpose: "reply", tools: "none" };
}

const OFFER =
  "Then offer what you can do instead: take a message, have someone call back, or connect them with somebody else, as far as your tools and instructions allow it.";

const REASONS: Readonly<Record<TransferFailure, string>> = {
  busy: "the line is busy.",
  no_answer: "nobody answered.",
  failed: "the line could not be reached.",
  machine: "an answering machine picked up.",
  declined: "the person cannot take the call now.",
  cancelled: "it was cancelled.",
  outside_hours: "nobody can be reached there at this time.",
  do_not_call: "this line may not be called.",
  not_allowed: "this line may not be called.",
  unknown: "nobody could be reached.",
};
