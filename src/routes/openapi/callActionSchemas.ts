import { z } from "@hono/zod-openapi";
import { e164 } from "./schemaParts.ts";

/** What may be done to a live call, as requests say it. */
export const callAction = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hangup"),
    goodbye: z.string().trim().min(1).max(1000).optional().openapi({
      description: "Spoken before the call ends; without it the call ends at once.",
    }),
  }),
  z.strictObject({ type: z.literal("say"), text: z.string().trim().min(1).max(2000) }),
  z.strictObject({ type: z.literal("whisper"), text: z.string().trim().min(1).max(2000) }).openapi({
    description:
      "Tells the agent something for its next answers, which the caller does not hear; on record as an operator's",
  }),
  z.strictObject({
    type: z.literal("transfer"),
    to: z.string().min(1).max(64).optional().openapi({
      description: "One of the names under `transfers` in the agent's file",
    }),
    number: e164.optional().openapi({
      description: "In the place of `to`, any number that may be dialled; takes `admin`",
    }),
  }).refine(
    ({ to, number }) => (to === undefined) !== (number === undefined),
    "must have either to or number",
  ),
  z.strictObject({ type: z.literal("cancel_transfer") }).openapi({
    description:
      "Takes back a transfer that has only been announced, or whose person is still being asked",
  }),
  z.strictObject({ type: z.literal("leave_conversation") }).openapi({
    description: "The agent leaves the caller and a person alone, with whom it is in a conference",
  }),
  z.strictObject({ type: z.literal("interrupt") }),
  z.strictObject({ type: z.literal("text"), text: z.string().trim().min(1).max(4000) }).openapi({
    description: "Text to the agent, in the caller's place; on record as an operator's",
  }),
  z.strictObject({
    type: z.literal("recording"),
    change: z.enum(["pause", "resume", "stop"]).openapi({ description: "`stop` is for good" }),
  }),
], {
  error:
    "type must be hangup, say, whisper, transfer, cancel_transfer, leave_conversation, interrupt, text or recording",
}).openapi(
  "CallAction",
  {
    example: { type: "say", text: "Your table is ready." },
  },
);

/** Of an action that was accepted. */
export const actionAnswer = z.object({
  success: z.literal(true),
  callId: z.string(),
  type: z.string(),
}).openapi("AcceptedAction");
