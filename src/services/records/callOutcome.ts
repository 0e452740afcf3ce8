import type { CallEnd } from "../../call/types.ts";
import type { CallStatus } from "../twilioOutbound.ts";
import type { AnsweredBy, CallOutcome, CallRecord } from "../store.ts";

/** How a call ended, by Twilio's final status. */
export function endOf(status: CallStatus): CallEnd {
  return status === "completed"
    ? { reason: "caller_hung_up" }
    : { reason: "not_answered", detail: status };
}

/** The outcome by status and answering machine detection alone. */
export function outcomeOf(status: CallStatus, answeredBy?: AnsweredBy): CallOutcome {
  switch (status) {
    case "completed":
      return outcomeOfAnswered(answeredBy);
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

/** The outcome of a placed call where none was recorded, by how it ended. */
export function impliedOutcome(
  { reason, detail }: CallEnd,
  { answered, answeredBy }: {
    readonly answered: boolean;
    readonly answeredBy: AnsweredBy | undefined;
  },
): CallOutcome {
  // Where the machine hung up before the message was left, the reason is another.
  const isUnsaid = detail === "voicemail_cut" || detail === "no_end";
  if (reason === "voicemail" && !isUnsaid) return "voicemail";
  if (reason === "not_answered" && detail === "busy_tone") return "busy";
  if (answered) return outcomeOfAnswered(answeredBy);
  switch (detail) {
    case "busy":
      return "busy";
    case "failed":
      return "failed";
    case "canceled":
    case "cancelled":
      return "cancelled";
  }
  switch (reason) {
    case "operator_hung_up":
      return "cancelled";
    case "server_stopped":
      return detail === "crashed" ? "unknown" : "cancelled";
    case "model_failed":
    case "leg_failed":
    case "internal_error":
      return "failed";
    default:
      return "no_answer";
  }
}

/** A recorded call's status, in Twilio's words. */
export function statusOf({ status, outcome, answeredAt }: CallRecord): CallStatus {
  if (status === "queued" || status === "ringing") return status;
  if (status === "live") return "in-progress";
  if (answeredAt !== undefined) return "completed";
  switch (outcome) {
    case "answered":
    case "human":
    case "voicemail":
    case "machine":
    case "screened":
      return "completed";
    case "busy":
      return "busy";
    case "cancelled":
      return "canceled";
    case "failed":
    case "unknown":
      return "failed";
    default:
      return "no-answer";
  }
}

/** The outcome of an answered call in which no message was left. */
function outcomeOfAnswered(answeredBy: AnsweredBy | undefined): CallOutcome {
  if (answeredBy === "fax") return "failed";
  if (answeredBy === "screener") return "screened";
  return answeredBy === "human" || answeredBy === "machine" ? answeredBy : "answered";
}
