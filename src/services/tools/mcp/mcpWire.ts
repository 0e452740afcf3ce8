import { z } from "zod";
import { present } from "../../../utils/present.ts";

/** A tool as an MCP server lists it, beyond its name not yet checked. */
export interface McpToolListing {
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly inputSchema: unknown;
  /** By the server's own word. */
  readonly readOnly: boolean;
}

/** What a server answered to a call of a tool. */
export interface McpAnswer {
  readonly isError: boolean;
  /** The texts, with a note in place of what a model cannot read. */
  readonly text: string;
}

/** Only what is used, so that one odd entry costs nothing but itself. */
export const listResult = z.looseObject({
  tools: z.array(z.unknown()),
  nextCursor: z.string().max(1000).optional().catch(undefined),
});

export type McpToolList = z.infer<typeof listResult>;

export const callResult = z.looseObject({
  content: z.array(z.unknown()).optional(),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional().catch(undefined),
});

const listing = z.object({
  name: z.string().min(1).max(128),
  title: z.string().max(200).optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  inputSchema: z.unknown(),
  annotations: z.object({
    title: z.string().max(200).optional().catch(undefined),
    readOnlyHint: z.boolean().optional().catch(undefined),
  }).optional().catch(undefined),
});

const block = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({
    type: z.literal("resource"),
    resource: z.object({ uri: z.string(), text: z.string().optional() }),
  }),
  z.object({ type: z.literal("resource_link"), uri: z.string(), name: z.string().optional() }),
  z.object({ type: z.literal("image") }),
  z.object({ type: z.literal("audio") }),
]);

/** Longer ones cost tokens in every turn. */
const MAX_DESCRIPTION_CHARS = 2000;

/** Reads one entry of a list of tools; undefined where it has not even a name. */
export function readListing(entry: unknown): McpToolListing | undefined {
  const { data } = listing.safeParse(entry);
  if (data === undefined) return undefined;
  const title = data.title ?? data.annotations?.title;
  return {
    name: data.name,
    ...present({ title }),
    description: (data.description ?? title ?? data.name).slice(0, MAX_DESCRIPTION_CHARS),
    inputSchema: data.inputSchema,
    readOnly: data.annotations?.readOnlyHint === true,
  };
}

/** Reads the result of a call: its texts, or as JSON what stands in their place. */
export function readAnswer(
  { content = [], structuredContent, isError }: z.infer<typeof callResult>,
): McpAnswer {
  const texts = content.map(textOf).filter((text) => text !== "");
  const text = texts.length === 0 && structuredContent !== undefined
    ? JSON.stringify(structuredContent)
    : texts.join("\n");
  return { isError: isError === true, text };
}

function textOf(entry: unknown): string {
  const { data } = block.safeParse(entry);
  switch (data?.type) {
    case "text":
      return data.text;
    case "resource":
      return data.resource.text ?? `[a file: ${data.resource.uri}]`;
    case "resource_link":
      return `[a link: ${data.name ?? ""} ${data.uri}]`;
    case "image":
      return "[an image, which cannot be read out]";
    case "audio":
      return "[a sound, which is not played]";
    case undefined:
      return "";
    default:
      return data satisfies never;
  }
}
