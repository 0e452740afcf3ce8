import type { OutboundJob } from "./outbound/job.ts";
import type { TwilioCallOptions, TwilioCalls } from "./twilioOutbound.ts";
import { TwilioProblem } from "./twilioProblem.ts";

export interface OutboundWire {
  readonly publicUrl: string;
  readonly maxCallMs: number;
}

/** How long the far end may ring. */
const RING_SECONDS = 60;
const GRACE_SECONDS = 60;

/** Says to Twilio what call to place, and where to ask and tell about it. */
export function wireOptions(
  { callId, to, from, machineDetection, minutes }: OutboundJob,
  { publicUrl, maxCallMs }: OutboundWire,
): TwilioCallOptions {
  return {
    to,
    from,
    url: `${publicUrl}/twilio/voice?call=${callId}`,
    statusCallback: `${publicUrl}/twilio/status?call=${callId}`,
    statusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
    timeout: RING_SECONDS,
    // Ours comes first and is announced: this one is for the case that we are gone.
    timeLimit: Math.ceil(Math.min(maxCallMs, (minutes ?? Infinity) * 60_000) / 1000) +
      GRACE_SECONDS,
    ...(machineDetection === true && {
      machineDetection: "DetectMessageEnd",
      // Asynchronous, so that a human never waits for the verdict.
      asyncAmd: "true",
      asyncAmdStatusCallback: `${publicUrl}/twilio/amd?call=${callId}`,
    }),
  };
}

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
