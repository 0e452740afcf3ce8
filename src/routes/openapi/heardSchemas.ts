import { z } from "@hono/zod-openapi";

const sinceStart = z.number().openapi({ description: "Milliseconds since the call began" });

/** What a call's caller has heard, and what they have not. */
export const heardShape = {
  mustHear: z.array(z.object({
    name: z.string(),
    text: z.string(),
    heard: z.boolean().openapi({ description: "To its last word" }),
    fromMs: sinceStart.nullable(),
    toMs: sinceStart.nullable(),
    times: z.number().openapi({ description: "How often it was said, to its end or not" }),
  })).openapi({ description: "The sentences under `must_hear` in the agent's file" }),
  unheard: z.array(z.object({
    turnId: z.string(),
    text: z.string().openapi({ description: "The whole sentence" }),
    heard: z.string().openapi({ description: "Its beginning, as far as it was heard" }),
  })).openapi({ description: "Sentences of the agent's whose end nobody heard" }),
  promises: z.array(z.object({
    kind: z.enum(["price", "time", "callback"]),
    sentence: z.string(),
    turnId: z.string(),
    fromMs: sinceStart,
    toMs: sinceStart,
  })).openapi({
    description:
      "Prices, times and call-backs that the agent stated and the caller heard to the end, found by patterns in English, German, Spanish and French",
  }),
};
