import { z } from "zod";
import { entryName, serviceUrl } from "./schemaParts.ts";
import { toolOptionsShape } from "./toolOptionsSchema.ts";

/** A tool's name at its server. */
const nameThere = z.string().min(1).max(128);

const mcpTool = z.preprocess(
  (entry) => typeof entry === "string" ? { name: entry } : entry,
  z.strictObject({
    name: nameThere,
    /** What the model calls it, where that is to be another name. */
    as: entryName.optional(),
    ...toolOptionsShape,
  }),
);

/** A server whose tools an agent may use; those that are not listed stay out of its reach. */
export const mcpServer = z.strictObject({
  name: entryName,
  url: serviceUrl,
  headers: z.record(z.string(), z.string().max(4096)).default({}),
  tools: z.union(
    [z.literal("all"), z.array(mcpTool).min(1).max(64)],
    "must be a list of tools, or all",
  ),
  identity: z.boolean().default(false),
});

export type McpServerEntry = Readonly<z.infer<typeof mcpServer>>;
export type McpToolEntry = Readonly<z.infer<typeof mcpTool>>;
