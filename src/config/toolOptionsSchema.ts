import { z } from "zod";
import { entryName } from "./schemaParts.ts";

/** Options that a tool of any kind can have, in `tools` and in `http_tools`. */
export const toolOptionsShape = {
  /** What people call it, where the caller is asked to confirm it. */
  title: z.string().trim().min(1).max(80).optional(),
  say: z.string().trim().min(1).max(500).optional(),
  async: z.boolean().optional(),
  confirm: z.union(
    [z.boolean(), z.string().trim().min(1).max(500)],
    "must be true, or the question that the caller is asked",
  ).optional(),
  after_heard: z.array(entryName).min(1).max(16).optional(),
  timeout_ms: z.number().int().min(100).max(120_000).optional(),
  filler_after_ms: z.number().int().min(0).max(60_000).optional(),
  redact: z.array(
    z.string().max(200).regex(
      /^(?:\/.*|[^/\s][^/]*)$/,
      "must be a field's name, or a JSON pointer such as /card/number",
    ),
  ).min(1).max(50).optional(),
  max_result_chars: z.number().int().min(100).max(60_000).optional(),
  once: z.boolean().optional(),
} as const;

/** An entry of `tools`: a name, or a map of a name and options; read as the latter. */
export const toolEntry = z.preprocess(
  (entry) => typeof entry === "string" ? { name: entry } : entry,
  z.strictObject({ name: entryName, ...toolOptionsShape }),
);

export type ToolEntry = Readonly<z.infer<typeof toolEntry>>;

/** What an agent's file says of one of its tools. */
export type ToolOptionsEntry = Omit<ToolEntry, "name">;
