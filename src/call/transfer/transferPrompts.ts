import { type ModelNote, system } from "../model/prompts.ts";
import type { ResponseRequest } from "../realtimeClient.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";
import type { TransferFailure, TransferProblem } from "../transfer.ts";

/** For a model whose caller comes back, as nobody took the call; `unanswered` is what the operator wants then. */
export function transferFailed(
  alias: string,
  why: TransferFailure,
  unanswered?: string,
  heard: "ringing" | "music" = "ringing",
): ModelNote {
  return system(
    `The transfer to ${personOf(alias)} did not succeed: ${
      REASONS[why]
    } The caller is with you again and has heard nothing but ${heard}. ` +
      `Tell them so in a few words. ${unanswered ?? OFFER}`,
  );
}

/** The model learns no numbers. */
function personOf(alias: string): string {
  return isPhoneNumber(alias) ? "a person whom an operator has chosen" : `"${alias}"`;
}

/** For a model whose caller waits while a person is asked. */
export function askingPerson(alias: string): ModelNote {
  return system(
    `You are now calling ${
      personOf(alias)
    } on another line, who is told of the caller and asked to take the call. ` +
      "The caller waits with you meanwhile and hears music whenever nobody speaks. Say nothing by yourself. " +
      "Where the caller says something, answer it, without promising that anybody will come; where they do not " +
      "want to wait, call cancel_transfer. You will be told how it ends.",
  );
}

/** For a model whose caller was to be put through, of which nothing comes. */
export function transferWithdrawn(alias: string): ModelNote {
  return system(
    `The transfer to ${
      personOf(alias)
    } was taken back before anybody was called: the caller stays with you. ` +
      "Tell them so in a few words, and go on with the conversation.",
  );
}

/** What a model gets in the place of a tool's output. */
export function transferProblemOutput(code: TransferProblem): string {
  return JSON.stringify({ error: PROBLEMS[code], code });
}

/** For a caller who has heard music for a while. */
export function stillTrying(): ResponseRequest {
  return {
    purpose: "say",
    instructions:
      "The caller is waiting while somebody is being called for them. In a few words, in the language of the conversation, tell them that you are still trying and that they can speak to you at any time. Do not promise that anybody will come.",
    tools: "none",
  };
}

/** For a model that is on the line with the caller and a person. */
export function together(alias: string): ModelNote {
  return system(
    `${personOf(alias)} has taken the call: you, the caller and ${
      personOf(alias)
    } are now on the line together, and you hear both in one voice track. ` +
      "Let the two talk. Speak only when one of them speaks to you. When they do not need you any more, call leave_conversation.",
  );
}

/** For a model that was on the line with both. */
export function personLeft(alias: string): ModelNote {
  return system(
    `${
      personOf(alias)
    } has left; the caller is with you alone. Ask whether there is anything else.`,
  );
}

/** For a model whose caller comes back from a talk with a person. */
export function personHungUp(alias: string): ModelNote {
  return system(
    `The caller has talked with ${
      personOf(alias)
    }, who has hung up. The caller is with you again; you did not hear what they said. Ask whether there is anything else.`,
  );
}

/** The agent speaks first, and does not try the same again by itself. */
export function afterTransfer(): ResponseRequest {
  return { purpose: "reply", tools: "none" };
}

const PROBLEMS: Readonly<Record<TransferProblem, string>> = {
  transfer_under_way:
    "A transfer of this caller is under way already, and there is one at a time. Nothing was changed.",
  call_ending: "The call is about to end: nobody is called any more.",
  call_unanswered: "The caller is not on the line yet.",
  no_transfer: "This call has no transfer under way that could be cancelled.",
  not_in_conference:
    "You are not in a conference with the caller and another person: there is nothing to leave.",
};

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
  limit: "no more calls to people are possible for now. Do not try it again.",
  not_allowed: "this line may not be called.",
  unknown: "nobody could be reached.",
};
