import { z } from "zod";
import type { ToolStub } from "../scenario.ts";
import { milliseconds, words } from "./stepSchema.ts";

const MAX_DELAY_MS = 120_000;

/** What answers in the place of one of the agent's tools. */
export const toolStub = z.strictObject({
  tool: z.string().min(1).max(64),
  with: z.record(z.string().max(64), z.json()).default({}),
  answers: z.json().exactOptional(),
  fails: words.exactOptional(),
  delay_ms: milliseconds.max(MAX_DELAY_MS).default(0),
  once: z.boolean().default(false),
}).superRefine(({ answers, fails }, context) => {
  if ((answers === undefined) === (fails === undefined)) {
    context.addIssue("needs either answers or fails");
  }
}).transform(({ tool: name, answers, fails, delay_ms: delayMs, ...stub }): ToolStub => ({
  ...{ name, with: stub.with, delayMs, once: stub.once },
  result: fails === undefined ? { output: answers } : { failure: fails },
}));
