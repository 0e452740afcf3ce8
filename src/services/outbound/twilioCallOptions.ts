import type { TwilioCallOptions } from "../twilioOutbound.ts";
import type { MachineDetection, OutboundJob } from "./outboundJob.ts";
import { present } from "../../utils/present.ts";

/** What is the same for all placed calls. */
export interface TwilioCallSettings {
  readonly publicUrl: string;
  readonly maxCallMs: number;
  /** How long a call may last after a transfer by the agent; 0 where it has no transfers. */
  readonly transferMs: (agent: string) => number;
}

/** How long the far end may ring. */
const RING_SECONDS = 60;
const GRACE_SECONDS = 60;

/** The parameters of Twilio's create request, with the addresses of the webhooks. */
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
    // Our own limit comes first and is announced; this one applies where the process has died.
    timeLimit: Math.ceil(
      (Math.min(maxCallMs, (minutes ?? Infinity) * 60_000) + transferMs(agent)) / 1000,
    ) + GRACE_SECONDS,
    ...(machineDetection !== undefined && machineDetection !== false && {
      machineDetection: "DetectMessageEnd",
      // Asynchronous, so that a human never waits for the result.
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
