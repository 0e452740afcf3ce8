import { z } from "zod";
import { e164, entryName } from "./schemaParts.ts";

/** What an agent may send as text messages: fixed texts, or its own words where it has none. */
export const sms = z.strictObject({
  /** With `{{variables}}` of the call. */
  texts: z.record(entryName, z.string().trim().min(1).max(640))
    .refine((texts) => Object.keys(texts).length <= 32, "must be 32 at most").default({}),
  /** Besides the caller, by a name that the model chooses. */
  recipients: z.record(entryName, e164)
    .refine((recipients) => Object.keys(recipients).length <= 16, "must be 16 at most").default({}),
  per_call: z.number().int().min(1).max(10).default(2),
});
