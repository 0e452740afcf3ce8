import { z } from "zod";
import { entryName } from "./schemaParts.ts";

/** How an agent hands calls over to another one. */
export interface HandoffEntry {
  /** Name of the other agent. */
  readonly agent: string;
  /** Tells the model when, in words that follow "when". */
  readonly when: string;
  /** Said word for word before. */
  readonly say?: string;
  /** So many of the latest lines are all that the other agent is told; absent for the whole conversation. */
  readonly lastLines?: number;
  /** The model that hands over sums the conversation up for the other agent. */
  readonly asksSummary?: true;
  /** Names of what the model is asked to pass on; they are variables of the call from then on. */
  readonly carry: readonly string[];
}

const context = z.string('must be all, summary, or a number of lines such as "last:6"')
  .regex(
    /^(?:all|summary|last:(?:[1-9]|[1-4]\d|50))$/,
    "must be all, summary, or last:1 to last:50",
  )
  .default("all");

const entry = z.strictObject({
  agent: z.string().min(1).max(64).optional(),
  when: z.string().trim().min(1).max(300),
  say: z.string().trim().min(1).max(500).optional(),
  context,
  carry: z.array(entryName).max(10).default([]),
});

/** By the name under which the model asks for it, which is the agent's where that is not given. */
export const handoffs = z.record(entryName, entry)
  .refine((entries) => Object.keys(entries).length <= 32, "must be 32 at most")
  .transform((entries): Readonly<Record<string, HandoffEntry>> =>
    Object.fromEntries(Object.entries(entries).map(([name, given]) => [name, entryOf(name, given)]))
  );

function entryOf(name: string, given: z.infer<typeof entry>): HandoffEntry {
  const { agent = name, context, say, ...rest } = given;
  const lines = context.startsWith("last:") ? Number(context.slice("last:".length)) : undefined;
  const isSummary = context === "summary";
  return {
    agent,
    ...rest,
    ...(say !== undefined && { say }),
    ...(lines !== undefined && { lastLines: lines }),
    ...(isSummary && { lastLines: 0, asksSummary: true }),
  };
}
