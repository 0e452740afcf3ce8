import type { ActionResult, KnownCall, TransferRefusalCode } from "../services/calls.ts";
import type { TransferProblem } from "../call/transfer.ts";
import { type FieldProblem, fieldProblem, HttpProblem } from "./middleware/httpProblem.ts";

/** What a client is told of an action that was refused. */
export function actionProblem(
  refusal: Extract<ActionResult, { readonly ok: false }>,
  { status }: KnownCall,
): HttpProblem {
  switch (refusal.code) {
    case "not_live":
      return status === "ended"
        ? new HttpProblem(409, "call_ended", "The call has ended.")
        : new HttpProblem(
          409,
          "call_not_here",
          "No server that can be reached from here holds the call.",
        );
    case "not_on_a_phone":
      return new HttpProblem(409, "not_on_a_phone", "Only phone calls can be transferred.");
    case "not_recorded":
      return new HttpProblem(409, "not_recorded", "The call is not being recorded.");
    case "recording_paused":
      return new HttpProblem(409, "recording_paused", "The recording is paused already.");
    case "recording_not_paused":
      return new HttpProblem(409, "recording_not_paused", "The recording is not paused.");
    case "caller_away":
      return new HttpProblem(
        409,
        "caller_away",
        "The caller is being put through to a person: the call can only be hung up.",
      );
    case "transfer_under_way":
    case "call_ending":
    case "call_unanswered":
    case "no_transfer":
    case "not_in_conference":
      return new HttpProblem(409, refusal.code, transferProblemSentences[refusal.code]);
    case "unknown_transfer":
      return new HttpProblem(422, "unknown_transfer", "The agent has no transfer of this name.", {
        details: [unknownAlias(refusal.aliases)],
      });
    case "transfer_refused":
      return new HttpProblem(
        refusal.refusal === "transfer_limit" ? 429 : 403,
        refusal.refusal,
        transferSentences[refusal.refusal],
      );
  }
}

const transferProblemSentences: Readonly<Record<TransferProblem, string>> = {
  transfer_under_way: "A transfer of this call is under way: there is one at a time.",
  call_ending: "The call is about to end.",
  call_unanswered: "The call has not been answered yet.",
  no_transfer: "The call has no transfer under way that could be cancelled.",
  not_in_conference: "The agent is not in a conference with the caller and a person.",
};

const transferSentences: Readonly<Record<TransferRefusalCode, string>> = {
  do_not_call: "This number is on the do-not-call list.",
  outside_hours: "The transfer is outside its hours: see its hours in the agent's file.",
  outside_calling_hours: "The number may not be called at this time: see OUTBOUND_HOURS.",
  destination_not_allowed: "This number may not be dialled.",
  transfer_limit:
    "The limit of calls for transfers is reached: see TRANSFER_DIALS_PER_CALL and TRANSFER_DIALS_PER_MINUTE.",
};

function unknownAlias(aliases: readonly string[]): FieldProblem {
  return aliases.length > 0
    ? fieldProblem("to", "must be one of {names}", { names: aliases.join(", ") })
    : fieldProblem("to", "has no valid value: the agent's file names no transfers");
}
