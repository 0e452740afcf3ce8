import type { TwilioCalls } from "./twilioCalls.ts";
import { TwilioProblem } from "./twilioProblem.ts";

/** Ends a phone call; one that is over already is as good as ended. */
export async function endPhoneCall(
  calls: Pick<TwilioCalls, "update">,
  callSid: string,
  unanswered: boolean,
): Promise<void> {
  try {
    await calls.update(callSid, { status: unanswered ? "canceled" : "completed" });
  } catch (error) {
    if (!(error instanceof TwilioProblem)) throw error;
    // Answered in the meantime: now it can be completed.
    if (unanswered && error.code === "wrong_call_state") {
      return await endPhoneCall(calls, callSid, false);
    }
    if (error.code !== "wrong_call_state" && error.code !== "unknown_call") throw error;
  }
}
