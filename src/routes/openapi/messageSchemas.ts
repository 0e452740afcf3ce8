import { z } from "@hono/zod-openapi";
import { messageKinds, textStatuses } from "../../services/store.ts";

/** What a caller has left for the people behind an agent. */
export const message = z.object({
  id: z.string().openapi({ example: "msg_01k9x2m3p4q5r6s7t8v9w0x1y2" }),
  callId: z.string(),
  agent: z.string(),
  from: z.string().nullable().openapi({ description: "Null where the number was withheld" }),
  at: z.iso.datetime(),
  kind: z.enum(messageKinds).openapi({
    description: "`voicemail` was spoken after a tone, `note` was told to an agent",
  }),
  text: z.string().nullable(),
  recording: z.object({
    sid: z.string(),
    url: z.string().openapi({ description: "At Twilio, with the credentials of the account" }),
    durationMs: z.number(),
  }).nullable(),
  doneAt: z.iso.datetime().nullable(),
}).openapi("Message");

/** What an agent has sent to a phone. */
export const textMessage = z.object({
  id: z.string().openapi({ example: "sms_01k9x2m3p4q5r6s7t8v9w0x1y2" }),
  callId: z.string(),
  agent: z.string(),
  to: z.string(),
  text: z.string(),
  status: z.enum(textStatuses).openapi({
    description: "`unknown` where Twilio did not say whether it took the message",
  }),
  errorCode: z.number().nullable().openapi({ description: "Twilio's, where it was not delivered" }),
  sid: z.string().nullable(),
  sentAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
}).openapi("TextMessage");
