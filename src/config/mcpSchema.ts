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

/** Who runs a tool decides over these. */
const NOT_BY_MODEL = ["as", "async", "timeout_ms", "max_result_chars"] as const;
const REMEDY = "leave it out, or let Parley run it (by: server)";

/** A server whose tools an agent may use; those that are not listed stay out of its reach. */
export const mcpServer = z.strictObject({
  name: entryName,
  /** Who is connected to it and runs its tools: this server, or the model's provider. */
  by: z.enum(["server", "model"]).default("server"),
  /** Tells the model what it is for, where that one runs the tools. */
  description: z.string().trim().min(1).max(500).optional(),
  url: serviceUrl,
  headers: z.record(z.string(), z.string().max(4096)).default({}),
  tools: z.union(
    [z.literal("all"), z.array(mcpTool).min(1).max(64)],
    "must be a list of tools, or all",
  ),
  identity: z.boolean().default(false),
}).superRefine(({ by, description, identity, tools }, { addIssue }) => {
  const report = (path: (string | number)[], message: string) =>
    addIssue({ code: "custom", path, message });
  if (by === "server") {
    if (description === undefined) return;
    return report(["description"], "is only for by: model: leave it out, its tools have their own");
  }
  if (identity) {
    report(["identity"], `cannot be kept with by: model, which signs no calls: ${REMEDY}`);
  }
  for (const [at, tool] of tools === "all" ? [] : tools.entries()) {
    for (const option of NOT_BY_MODEL) {
      if (tool[option] === undefined) continue;
      report(
        ["tools", at, option],
        `cannot be kept where the model runs the tool by itself: ${REMEDY}`,
      );
    }
  }
});

export type McpServerEntry = Readonly<z.infer<typeof mcpServer>>;
export type McpToolEntry = Readonly<z.infer<typeof mcpTool>>;
