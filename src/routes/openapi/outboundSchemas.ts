import { z } from "@hono/zod-openapi";
import { VARIABLE_NAME } from "../../config/names.ts";
import { machineDetectionSettings, outboundStatuses, retryRule } from "../../services/outbound.ts";
import { callOutcomes } from "../../services/store.ts";
import { agentName, e164 } from "./schemaParts.ts";

export const variables = z.record(
  z.string().regex(VARIABLE_NAME, "must be letters, digits and _"),
  z.string().max(1000),
).refine((variables) => Object.keys(variables).length <= 50, "must be 50 at most");

export const to = z.string().min(1).max(64).openapi({ example: "+14155550123" });

const retry = z.strictObject(retryRule.shape).openapi("RetryRule", {
  description: "When a call with one of these outcomes is tried again, each time as a new call.",
});

const detectionSettings = z.strictObject(machineDetectionSettings.shape)
  .openapi("MachineDetectionSettings");

/** Every placed call that has ended has exactly one. */
export const callOutcome = z.enum(callOutcomes).openapi("CallOutcome", {
  description: [
    "The outcome of a placed call. It was answered: `human` where that was found out, `answered` where it was not.",
    "By a machine: `voicemail` where a message was left, `machine` where none was; `screened` by a call screener that no person followed.",
    "The reason for `failed` is in the end's detail.",
    "`unknown` where it is not known whether it was dialled, or how it ended: it is not tried again.",
  ].join(" "),
});

/** What the person who is called has agreed to, and when. */
export const consent = z.strictObject({
  source: z.string().trim().min(1).max(200).openapi({
    description: "Where it was given.",
    example: "web form, order 1234",
  }),
  at: z.iso.datetime({ offset: true }),
  text: z.string().max(2000).optional().openapi({ description: "What was agreed to." }),
}).openapi("Consent", {
  description: "Kept with the call's record, and erased with it. Agents may require it.",
});

/** Common to single calls and batches. */
export const common = {
  agent: agentName.optional(),
  context: z.string().max(4000).optional().openapi({
    description: "What the agent should know about this call.",
  }),
  variables: variables.optional(),
  from: e164.optional(),
  machineDetection: z.union(
    [z.boolean(), detectionSettings],
    "must be true, false or settings",
  ).optional().openapi({
    description: [
      "Finds out who answers before the agent speaks, by listening and by Twilio's machine detection: a machine is left the agent's voicemail text, or hung up on. Without it agents listen that have a voicemail text or a screening sentence; with `false` none does.",
      "`true` takes Twilio's own settings, an object tunes them.",
    ].join(" "),
  }),
  consent: consent.optional(),
};

/** What `POST /api/outbound/initiate` takes. */
export const initiateRequest = z.strictObject({ to, ...common, retry: retry.optional() })
  .openapi("InitiateCall");

/** In the answers to requests that place calls. */
export const missingNames = z.array(z.string()).optional().openapi({
  description:
    "Variables in what the agent says, or in its instructions, that the request has no value for: they are left out.",
});

export const initiateAnswer = z.object({
  success: z.literal(true),
  callSid: z.string(),
  callId: z.string(),
  missingVariables: missingNames,
}).openapi("InitiatedCall");

export const queuedAnswer = z.object({
  success: z.literal(true),
  callId: z.string(),
  status: z.literal("queued"),
  position: z.number().int().openapi({
    description: "Among the calls that wait to be placed from the same number, from 1.",
  }),
  missingVariables: missingNames,
}).openapi("QueuedCall");

export const idempotencyHeader = z.object({
  "idempotency-key": z.string().regex(
    /^[\x21-\x7e]{1,255}$/,
    "must be 1 to 255 printable characters without spaces",
  ).optional().openapi({
    description: "Requests with the same key are carried out once, and all get the same answer.",
  }),
});

export const outboundIdParam = z.object({
  id: z.string().regex(
    /^(CA[0-9a-fA-F]{32}|call_[0-9a-z]{1,64})$/,
    "must be a callId, or CA and 32 hex digits",
  ).openapi({ example: "call_01k9x2m3p4q5r6s7t8v9w0x1y2" }),
});

/** A placed call's state. */
export const outboundCall = z.object({
  callId: z.string(),
  callSid: z.string().optional(),
  agent: z.string(),
  to: z.string(),
  status: z.enum(outboundStatuses),
  position: z.number().int().optional(),
  outcome: callOutcome.optional(),
  answeredBy: z.string().optional(),
  durationSeconds: z.number().int().optional(),
  sipCode: z.string().optional(),
  detail: z.string().optional().openapi({ description: "Why it failed, or how it ended." }),
  retriedBy: z.string().optional().openapi({ description: "The call that tries it again." }),
  createdAt: z.iso.datetime(),
}).openapi("OutboundCall");
