import type { CallInput } from "../../call/callInput.ts";
import type { ModelInput, RefusalKind } from "../../call/realtimeClient.ts";
import { lossOfError } from "./modelLoss.ts";

type ResponseDone = Extract<ModelInput, { type: "responseDone" }>;

/** What the code of a refusal means to a call; `availableMs` is what the refusal says an item has. */
export function refusalKindOf(code: string, availableMs?: number): RefusalKind {
  switch (code) {
    case "conversation_already_has_active_response":
      return "busy";
    case "unsupported_content_type":
      return "unsupported";
    case "response_cancel_not_active":
      return "over";
    case "item_create_invalid_previous_item_id":
    case "item_delete_invalid_item_id":
      return "gone";
    default:
      return availableMs === undefined ? "other" : "tooShort";
  }
}

/** What the reason for a response's end means to a call. */
export function endMeaningOf(
  { status, reason }: Pick<ResponseDone, "status" | "reason">,
): Pick<ResponseDone, "fatal" | "callerSpoke"> {
  return {
    ...(status !== "completed" && lossOfError(reason)?.retry === "no" && { fatal: true }),
    ...(reason === "turn_detected" && { callerSpoke: true }),
  };
}

/** An input of a journal that was written when inputs held the codes and not yet what they mean. */
export function withMeaning(input: CallInput): CallInput {
  switch (input.type) {
    case "requestRefused":
      return { ...input, kind: input.kind ?? refusalKindOf(input.code, input.availableMs) };
    case "responseDone":
      return { ...endMeaningOf(input), ...input };
    default:
      return input;
  }
}
