import { z } from "zod";
import { nearestWord } from "../utils/nearestWord.ts";
import { present } from "../utils/present.ts";
import { entryName } from "./schemaParts.ts";

/** Longer than this no caller hears out. */
const MAX_LENGTH = 600;
const MAX_SENTENCES = 16;

const text = z.string().trim().min(1).max(MAX_LENGTH);

/** Sentences that the caller has to hear to the last word, by name; a text alone is for the call's start. */
export const mustHearSchema = z.record(
  entryName,
  z.union(
    [
      text.transform((text) => ({ text, at: "start" as const })),
      z.strictObject({ text, at: z.enum(["start", "end", "asked"]).default("start") }),
    ],
    `must be a sentence of 1 to ${MAX_LENGTH} characters, or text and at (start, end or asked)`,
  ),
).refine(
  (sentences) => Object.keys(sentences).length <= MAX_SENTENCES,
  `must be ${MAX_SENTENCES} at most`,
).default({});

interface WaitingTool {
  readonly after_heard?: readonly string[] | undefined;
}

interface UnknownSentence {
  readonly at: number;
  readonly message: string;
  readonly params: { readonly nearest?: string };
}

/** Names that tools wait for and `must_hear` does not have, with the tool's place in its list. */
export function unknownSentences(
  mustHear: Readonly<Record<string, unknown>>,
  tools: readonly WaitingTool[],
): readonly UnknownSentence[] {
  return tools.flatMap(({ after_heard = [] }, at) =>
    after_heard.filter((sentence) => !Object.hasOwn(mustHear, sentence))
      .map((sentence) => ({
        at,
        message: `${sentence} is no name under must_hear`,
        params: present({ nearest: nearestWord(sentence, Object.keys(mustHear)) }),
      }))
  );
}
