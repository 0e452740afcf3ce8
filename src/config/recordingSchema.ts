import { z } from "zod";

const MAX_LENGTH = 600;

/** Whether calls are recorded, and what callers hear or agree to before. */
export const recordingSchema = z.strictObject({
  on: z.boolean().default(true),
  consent: z.enum(["announce", "required", "none"]).default("announce"),
  announcement: z.string().trim().min(1).max(MAX_LENGTH).optional(),
}).refine(
  ({ on, consent, announcement }) => !on || consent === "none" || announcement !== undefined,
  {
    path: ["announcement"],
    message: "must be what callers hear before they are recorded, unless consent is none",
  },
);
