import { z } from "@hono/zod-openapi";

const sinceStart = z.number().openapi({ description: "Milliseconds since the call began" });

/** How it stands with the recording of a call. */
export const recording = z.object({
  state: z.enum(["on", "paused", "stopped", "refused", "failed"]),
  by: z.enum(["agent", "operator", "caller"]).nullable().openapi({
    description: "Who has asked for the state",
  }),
  reason: z.string().nullable().openapi({
    description:
      "Why it failed, such as `disk_full`; where it is `refused`: `declined`, `no_answer`, `not_a_yes` (an answer that is neither yes nor no), `call_ended` or `person_joined` (a person by a conference; both before an answer)",
    example: "disk_full",
  }),
  durationMs: z.number().nullable().openapi({ description: "Known when the call is over" }),
  bytes: z.number().nullable().openapi({
    description: "Of the WAV file; null until the call is over, and when it is removed",
  }),
  spans: z.array(z.object({
    kind: z.enum(["recorded", "paused"]),
    fromMs: sinceStart,
    toMs: sinceStart.nullable().openapi({ description: "Null while it lasts" }),
  })).openapi({ description: "What is not recorded is silence" }),
  redactedSpans: z.array(z.object({
    side: z.enum(["caller", "agent"]),
    fromMs: sinceStart,
    toMs: sinceStart,
  })).openapi({ description: "Where one side is silent, as what it said is blacked out" }),
  consent: z.object({
    kind: z.enum(["announced", "agreed", "refused", "unclear"]),
    atMs: sinceStart,
    announcement: z.string().openapi({ description: "What the caller heard before" }),
    words: z.string().nullable().openapi({ description: "What the caller said" }),
    saidMs: sinceStart.nullable().openapi({
      description: "Where the words begin: `startedMs` of their turn, to the millisecond or two",
    }),
    key: z.string().nullable().openapi({ description: "Which key the caller pressed" }),
  }).nullable().openapi({ description: "The proof that the caller knew or agreed" }),
  removedAt: z.string().nullable(),
}).openapi("Recording");
