import { z } from "@hono/zod-openapi";

/** What `POST /api/outbound/initiate` takes. */
export const initiateRequest = z.strictObject({
  to: z.string().min(1).max(64).openapi({ example: "+14155550123" }),
  agent: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be an agent's name").optional(),
  context: z.string().max(4000).optional().openapi({
    description: "What the agent should know about this call.",
  }),
  variables: z.record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, "must be letters, digits and _"),
    z.string().max(1000),
  ).refine((variables) => Object.keys(variables).length <= 50, "must be 50 at most").optional(),
  from: z.string().regex(/^\+[1-9]\d{6,14}$/, "must be in E.164 form, such as +14155550123")
    .optional(),
  machineDetection: z.boolean().optional(),
}).openapi("InitiateCall");

export const initiateAnswer = z.object({
  success: z.literal(true),
  callSid: z.string(),
  callId: z.string(),
}).openapi("InitiatedCall");

export const callSidParam = z.object({
  callSid: z.string().regex(/^CA[0-9a-fA-F]{32}$/, "must be CA and 32 hex digits"),
});

/** A placed call's state. */
export const outboundCall = z.object({
  callSid: z.string(),
  callId: z.string(),
  agent: z.string(),
  to: z.string(),
  status: z.enum([
    "queued",
    "initiated",
    "ringing",
    "in-progress",
    "completed",
    "busy",
    "failed",
    "no-answer",
    "canceled",
  ]),
  answeredBy: z.string().optional(),
  durationSeconds: z.number().int().optional(),
  sipCode: z.string().optional(),
  createdAt: z.iso.datetime(),
}).openapi("OutboundCall");

/** Every error there is. */
export const errorAnswer = z.object({
  error: z.string(),
  code: z.string(),
  requestId: z.string(),
  details: z.unknown().optional(),
}).openapi("Error");
