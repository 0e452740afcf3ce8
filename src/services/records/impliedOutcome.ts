import type { CallEnd } from "../../call/types.ts";
import { outcomeOfAnswered } from "./callOutcome.ts";
import type { AnsweredBy, CallOutcome } from "../store.ts";

/** The outcome of a placed call where none was recorded, by how it ended. */
export function impliedOutcome(
  { reason, detail }: CallEnd,
  { answered, answeredBy }: {
    readonly answered: boolean;
    readonly answeredBy: AnsweredBy | undefined;
  },
): CallOutcome {
  // Where the machine hung up before the message was left, the reason is another.
  if (reason === "voicemail") return "voicemail";
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
