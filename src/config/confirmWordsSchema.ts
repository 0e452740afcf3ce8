import { z } from "zod";

const MAX_PHRASES = 50;
const MAX_LENGTH = 60;

const phrases = z.array(
  z.string().max(MAX_LENGTH).regex(/[\p{L}\p{N}]/u, "must have a letter"),
).min(1).max(MAX_PHRASES);

/** How callers say yes and no to a tool with `confirm`, beside the words that are built in. */
export const confirmWords = z.strictObject({
  yes: phrases.optional(),
  no: phrases.optional(),
  /** Beside a yes they make it none, such as "but" and "wait". */
  unclear: phrases.optional(),
}).superRefine((words, { addIssue }) => {
  const taken = new Map<string, string>();
  for (const kind of ["no", "unclear", "yes"] as const) {
    for (const [at, phrase] of (words[kind] ?? []).entries()) {
      const plain = phrase.trim().toLowerCase();
      const other = taken.get(plain) ?? kind;
      taken.set(plain, other);
      if (other === kind) continue;
      addIssue({ code: "custom", path: [kind, at], message: `is also under ${other}` });
    }
  }
});
