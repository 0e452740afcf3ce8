import { z } from "zod";
import { entryName } from "./schemaParts.ts";
import { toolOptionsShape } from "./toolOptionsSchema.ts";

/** An entry of `client_tools`: a tool that runs in the page or program of a browser call. */
export const clientTool = z.strictObject({
  name: entryName,
  description: z.string().min(1).max(1000),
  // Checked in `services/tools`.
  parameters: z.record(z.string(), z.unknown()).nullish().transform((schema) => schema ?? {}),
  ...toolOptionsShape,
});

export type ClientToolEntry = Readonly<z.infer<typeof clientTool>>;
