import { z } from "@hono/zod-openapi";
import { callFilters } from "./callSchemas.ts";

export const retentionQuery = z.strictObject(callFilters);

const byWord = z.array(z.number());
const line = {
  agent: z.string(),
  calls: z.number(),
  times: z.number().openapi({ description: "How often it was said; in one call perhaps twice" }),
  words: z.array(z.string()).openapi({
    description: "As it was said most often, with what is blacked out; the first 200",
    example: ["Good", "day,", "you", "have", "reached", "the", "desk."],
  }),
  heard: byWord.openapi({ description: "How many times each word was heard" }),
  cutAfter: byWord.openapi({
    description: "How many callers cut in after so many words: the first number is for none",
  }),
  hungUpAfter: byWord.openapi({ description: "Those of them who hung up there" }),
  heardToEnd: z.number().openapi({ description: "How many times all of `words` were heard" }),
};

export const retention = z.object({
  greetings: z.array(z.object({
    ...line,
    version: z.string().nullable().openapi({ description: "Of the agent's file" }),
  })).openapi({
    description: "What agents began with, by their versions: the twelve most frequent",
  }),
  answers: z.array(z.object(line)).openapi({
    description:
      "What agents have said in the same words, but for case and punctuation, in at least five calls: the twenty most frequent, of four words or more",
  }),
  unheard: z.object({
    usd: z.number().openapi({
      description: "What was paid for speech that nobody heard: the sum of what is known",
    }),
    words: z.number().openapi({ description: "All words of agents, but for kept sentences" }),
    unheardWords: z.number(),
    byAgent: z.array(z.object({
      agent: z.string(),
      words: z.number(),
      unheardWords: z.number(),
      unheardAudio: z.number().openapi({
        description: "Output audio tokens, of each response as much as of its words",
      }),
      usd: z.number(),
      unpricedAudio: z.number().openapi({
        description: "Of these tokens, the ones whose price is not known",
      }),
    })),
  }),
}).openapi("Retention");
