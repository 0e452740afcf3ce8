import type { CallEnd } from "../../call/types.ts";
import type { CallOutcome } from "../store/callRecord.ts";

/** What became of a placed call of which nobody has said it outright. */
export function impliedOutcome({ reason, detail }: CallEnd, answered: boolean): CallOutcome {
  if (reason === "voicemail") return "voicemail";
  if (answered) return "human";
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
    case "server_stopped":
      return "cancelled";
    case "model_failed":
    case "leg_failed":
    case "internal_error":
      return "failed";
    default:
      return "no_answer";
  }
}
