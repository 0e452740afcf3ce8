import { z } from "@hono/zod-openapi";

const tokens = z.number().openapi({ description: "Tokens" });

/** What one response of the model has used. */
export const responseUsage = z.object({
  atMs: z.number().openapi({ description: "When it was over, since the call began" }),
  turnId: z.string().nullable().openapi({
    description: "The turn that it has said; null where it has said nothing, as before a tool",
  }),
  model: z.string().nullable(),
  usage: z.object({
    inputText: tokens,
    inputAudio: tokens,
    cachedText: tokens.openapi({ description: "Part of `inputText`" }),
    cachedAudio: tokens.openapi({ description: "Part of `inputAudio`" }),
    outputText: tokens,
    outputAudio: tokens,
  }),
  usd: z.number().nullable().openapi({ description: "Null where a price is not known" }),
}).openapi("ResponseUsage");
