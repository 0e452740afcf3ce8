import { z } from "@hono/zod-openapi";
import { e164 } from "./schemaParts.ts";

export const callerNumberParam = z.object({ number: e164 });

/** The caller as Twilio names it. */
export const callerParam = z.object({
  number: z.union([
    e164,
    z.string().regex(/^(?:sips?|client):[^\s/?#]{1,250}$/, "must be a number, sip: or client:"),
  ]).openapi({ description: "In E.164 form, or percent-encoded `sip:` or `client:`" }),
});

export const erasure = z.object({
  calls: z.number().openapi({ description: "Including queued calls" }),
  turns: z.number(),
  toolCalls: z.number(),
  pending: z.number().openapi({
    description: "Calls under way; each is erased when it ends",
  }),
}).openapi("Erasure");
