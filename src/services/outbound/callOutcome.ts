import type { CallEnd } from "../../call/types.ts";
import type { CallStatus } from "../callStatus.ts";
import type { CallOutcome, CallRecord } from "../store/callRecord.ts";

/** How a call ended that the phone network says is over. */
export function endOf(status: CallStatus): CallEnd {
  return {
    reason: status === "completed" ? "caller_hung_up" : "not_answered",
    detail: status,
  };
}

/** What became of it, where nothing else is known. */
export function outcomeOf(status: CallStatus): CallOutcome {
  switch (status) {
    case "completed":
      return "human";
    case "busy":
      return "busy";
    case "canceled":
      return "cancelled";
    case "failed":
      return "failed";
    default:
      return "no_answer";
  }
}

/** Where a recorded call stands, in the phone network's words. */
export function statusOf({ status, outcome, answeredAt }: CallRecord): CallStatus {
  if (status === "queued" || status === "ringing") return status;
  if (status === "live") return "in-progress";
  if (answeredAt !== undefined) return "completed";
  switch (outcome) {
    case "human":
    case "voicemail":
      return "completed";
    case "busy":
      return "busy";
    case "cancelled":
      return "canceled";
    case "failed":
      return "failed";
    default:
      return "no-answer";
  }
}
