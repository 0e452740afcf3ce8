import { z } from "zod";
import { entryName, serviceUrl } from "./schemaParts.ts";
import { toolOptionsShape } from "./toolOptionsSchema.ts";

const pointer = z.string().max(500).regex(/^(?:\/.*)?$/, "must be a JSON pointer such as /data/0");

/** An entry of `http_tools`. */
export const httpTool = z.strictObject({
  name: entryName,
  description: z.string().min(1).max(1000),
  // Checked in `services/tools`.
  parameters: z.record(z.string(), z.unknown()).nullish().transform((schema) => schema ?? {}),
  url: serviceUrl,
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("POST"),
  headers: z.record(z.string(), z.string().max(4096)).default({}),
  identity: z.boolean().default(true),
  /** Where in a JSON answer the result is; a map makes an object of several places. */
  result: z.union(
    [pointer, z.record(z.string().min(1).max(64), pointer)],
    "must be a JSON pointer such as /data/0, or a map of names to pointers",
  ).optional(),
  ...toolOptionsShape,
  timeout_ms: z.number().int().min(100).max(60_000).default(10_000),
});
