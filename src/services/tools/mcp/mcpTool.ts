import type { McpToolEntry } from "../../../config/mcpSchema.ts";
import { present } from "../../../utils/present.ts";
import type { SignCall } from "../http/callSigner.ts";
import { type Tool, ToolError } from "../tool.ts";
import { withEntry } from "../toolOptions.ts";
import type { McpConnection } from "./mcpConnection.ts";
import type { McpToolListing } from "./mcpWire.ts";

export interface McpToolSource {
  /** The server's name in the agent's file. */
  readonly server: string;
  readonly url: string;
  readonly connection: Pick<McpConnection, "call">;
  readonly listing: McpToolListing;
  readonly entry: Omit<McpToolEntry, "name">;
  /** What the model calls the tool. */
  readonly name: string;
  /** Absent where the server is not to know the call. */
  readonly signCall?: SignCall | undefined;
}

const TIME_LIMIT_MS = 20_000;
/** The call that a request belongs to, signed; no argument of the model can stand there. */
const CALL_META = "parley/call";

/** Creates a tool that a server offers. */
export function createMcpTool(
  { server, url, connection, listing, entry, name, signCall }: McpToolSource,
): Tool {
  const { title, description, inputSchema, readOnly } = listing;
  const options = withEntry({ once: !readOnly }, { ...present({ title }), ...entry });
  return {
    name,
    kind: "mcp",
    source: `${url} ${listing.name}`,
    description,
    // Checked with the tools of all other kinds.
    parameters: inputSchema as Tool["parameters"],
    options,
    details: { server, tool: listing.name },
    async run(args, context) {
      const meta = signCall && { [CALL_META]: signCall(name, context) };
      context.onRequest?.({
        method: "tools/call",
        url: server,
        headers: {},
        body: JSON.stringify({ name: listing.name, arguments: args }),
      });
      const answer = await connection.call(listing.name, args, {
        meta,
        signal: context.signal,
        timeoutMs: options.timeoutMs ?? TIME_LIMIT_MS,
      });
      if (!answer.isError) return { output: answer.text };
      const reason = answer.text.slice(0, MAX_ERROR_CHARS).toWellFormed();
      throw new ToolError("tool_failed", `The service answered with an error: ${reason}`);
    },
  };
}

const MAX_ERROR_CHARS = 500;
