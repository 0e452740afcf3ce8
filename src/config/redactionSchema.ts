import { z } from "zod";
import { LinearPattern } from "../utils/linearPattern.ts";
import { entryName } from "./schemaParts.ts";

const MAX_PATTERNS = 16;
const MAX_PATTERN_LENGTH = 200;
const MAX_WORDS = 100;
/** Steps for each character of a text, of all patterns together: what a turn of any length may take. */
const MAX_COST = 128;

const pattern = z.string().min(1).max(MAX_PATTERN_LENGTH).superRefine((source, { addIssue }) => {
  const problem = problemOf(source);
  if (problem !== undefined) addIssue({ code: "custom", message: problem });
});

const namedPattern = z.union(
  [
    z.strictObject({ name: entryName, pattern }),
    z.strictObject({
      name: entryName,
      words: z.array(z.string().trim().min(2).max(100)).min(1).max(MAX_WORDS),
    }),
  ],
  "must be name and pattern, or name and words",
);

const kinds = z.strictObject({
  cards: z.boolean().default(true),
  ibans: z.boolean().default(true),
  secrets: z.boolean().default(true),
  emails: z.boolean().default(false),
  phones: z.boolean().default(false),
  birth_dates: z.boolean().default(false),
  patterns: z.array(namedPattern).max(MAX_PATTERNS).default([]).superRefine(
    (patterns, { addIssue }) => {
      const cost = patterns.reduce((sum, each) => sum + costOf(each), 0);
      if (cost <= MAX_COST) return;
      const message = `cost ${cost} steps for each character, and may cost ${MAX_COST}: ` +
        "make ranges such as {6,10} shorter, or patterns fewer";
      addIssue({ code: "custom", message });
    },
  ),
});

/**
 * What is blacked out in all that is kept and shown of an agent's calls: `true` for what is on by itself,
 * undefined for nothing.
 */
export const redactionSchema = z.union(
  [
    z.literal(false).transform(() => undefined),
    z.literal(true).transform(() => kinds.parse({})),
    kinds,
  ],
  "must be true, false, or what is to be blacked out, such as { cards: true }",
);

export type AgentRedaction = z.infer<typeof kinds>;

function problemOf(source: string): string | undefined {
  try {
    new LinearPattern(source);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function costOf(each: z.infer<typeof namedPattern>): number {
  try {
    return "pattern" in each ? new LinearPattern(each.pattern).cost : 0;
  } catch {
    return 0;
  }
}
