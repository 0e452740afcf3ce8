import { z } from "zod";
import type { CallRequest } from "../../call/types.ts";
import { present } from "../../utils/present.ts";

/** When to call again, and how often. */
export const retryRule = z.object({
  on: z.array(z.enum(["busy", "no_answer", "machine", "failed"])).min(1).max(4),
  times: z.number().int().min(1).max(10),
  afterMinutes: z.number().int().min(1).max(24 * 60),
});

/** The bounds and defaults are Twilio's. */
export const machineDetectionSettings = z.strictObject({
  timeoutSeconds: z.number().int().min(3).max(59).optional().describe(
    "How long it listens at most before it gives up as `unknown`. Default 30.",
  ),
  speechThresholdMs: z.number().int().min(1000).max(6000).optional().describe(
    "Speech that lasts longer is a machine's greeting. Default 2400.",
  ),
  speechEndThresholdMs: z.number().int().min(500).max(5000).optional().describe(
    "Silence after speech that ends the greeting. Default 1200.",
  ),
  silenceTimeoutMs: z.number().int().min(2000).max(10_000).optional().describe(
    "Silence from the start after which it gives up as `unknown`. Default 5000.",
  ),
});

const machineDetection = z.union([z.boolean(), machineDetectionSettings]);

export type MachineDetection = Readonly<z.infer<typeof machineDetection>>;

/** What the person who is called has agreed to. */
export const consent = z.object({
  source: z.string(),
  at: z.string(),
  text: z.string().optional(),
});

/** All that is needed to place a call; kept in the queue until the call is over. */
export const outboundJob = z.object({
  callId: z.string(),
  to: z.string(),
  from: z.string(),
  agent: z.string(),
  keyName: z.string(),
  context: z.string().optional(),
  variables: z.record(z.string(), z.string()).optional(),
  language: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  precall: z.object({ status: z.string(), problems: z.array(z.string()).readonly() }).optional(),
  machineDetection: machineDetection.optional(),
  retry: retryRule.optional(),
  consent: consent.optional(),
  /** From 1. */
  attempt: z.number().int(),
  /** The call that this one tries again. */
  retryOf: z.string().optional(),
  batch: z.object({ id: z.string(), item: z.number().int() }).optional(),
  /** How long it may last; absent until the minutes are reserved. */
  minutes: z.number().positive().optional(),
  /** Milliseconds since 1970. */
  requestedAt: z.number(),
});

export type OutboundJob = Readonly<z.infer<typeof outboundJob>>;

/** Reads a job from the queue; undefined where it is malformed. */
export function readJob(payload: unknown): OutboundJob | undefined {
  return outboundJob.safeParse(payload).data;
}

/** The call as its session knows it. */
export function requestOf(job: OutboundJob): CallRequest {
  return {
    direction: "outbound",
    agent: job.agent,
    caller: job.to,
    called: job.from,
    keyName: job.keyName,
    ...present({ context: job.context, variables: job.variables, language: job.language }),
    ...present({ metadata: job.metadata, precall: job.precall }),
    ...(job.machineDetection !== undefined && {
      machineDetection: job.machineDetection !== false,
    }),
    ...(job.minutes !== undefined && { maxMs: job.minutes * 60_000 }),
  };
}

/** The id of the next attempt: the same in every process, so that it is admitted once. */
export function retryCallId(
  { callId, retryOf, attempt }: Pick<OutboundJob, "callId" | "retryOf" | "attempt">,
): string {
  const first = retryOf ?? callId;
  return `${first}r${attempt}`;
}
