import type { TwilioCallOptions } from "../twilioOutbound.ts";
import type { MachineDetection, OutboundJob } from "./outboundJob.ts";
import { present } from "../../utils/present.ts";

export interface TwilioCallSettings {
  readonly publicUrl: string;
  readonly maxCallMs: number;
  /** How long a caller may talk on with whom the agent hands over to; 0 where it cannot. */
  readonly transferMs: (agent: string) => number;
}

/** How long the far end may ring. */
const RING_SECONDS = 60;
const GRACE_SECONDS = 60;

/** Says to Twilio what call to place, and where to ask and tell about it. */
export function twilioCallOptions(
  { callId, to, from, agent, machineDetection, minutes }: OutboundJob,
  { publicUrl, maxCallMs, transferMs }: TwilioCallSettings,
): TwilioCallOptions {
  return {
    to,
    from,
    url: `${publicUrl}/twilio/voice?call=${callId}`,
    statusCallback: `${publicUrl}/twilio/status?call=${callId}`,
    statusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
    timeout: RING_SECONDS,
    // Ours comes first and is announced: this one is for the case that we are gone.
    timeLimit: Math.ceil(
      (Math.min(maxCallMs, (minutes ?? Infinity) * 60_000) + transferMs(agent)) / 1000,
    ) + GRACE_SECONDS,
    ...(machineDetection !== undefined && machineDetection !== false && {
      machineDetection: "DetectMessageEnd",
      // Asynchronous, so that a human never waits for the verdict.
      asyncAmd: "true",
      asyncAmdStatusCallback: `${publicUrl}/twilio/amd?call=${callId}`,
      ...(machineDetection !== true && detectionOptions(machineDetection)),
    }),
  };
}

function detectionOptions(
  { timeoutSeconds, speechThresholdMs, speechEndThresholdMs, silenceTimeoutMs }: Exclude<
    MachineDetection,
    boolean
  >,
): Partial<TwilioCallOptions> {
  return {
    ...present({ machineDetectionTimeout: timeoutSeconds }),
    ...(speechThresholdMs !== undefined && {
      machineDetectionSpeechThreshold: speechThresholdMs,
    }),
    ...(speechEndThresholdMs !== undefined && {
      machineDetectionSpeechEndThreshold: speechEndThresholdMs,
    }),
    ...(silenceTimeoutMs !== undefined && {
      machineDetectionSilenceTimeout: silenceTimeoutMs,
    }),
  };
}
