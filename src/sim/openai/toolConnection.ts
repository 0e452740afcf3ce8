import type { WireMcpTool } from "./wire.ts";

export interface RemoteTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: unknown;
}

export interface ToolConnection {
  list(): Promise<readonly RemoteTool[]>;
  call(name: string, args: Record<string, unknown>): Promise<{ isError: boolean; text: string }>;
  close(): Promise<void>;
}

type ListedTool = Omit<RemoteTool, "description"> & { readonly description?: string };

/** Connects to an MCP server as the provider of a model does. The SDK is loaded with the first one. */
export async function connectTools(
  { server_url = "", authorization, headers }: WireMcpTool,
  signal: AbortSignal,
): Promise<ToolConnection> {
  const [{ Client }, { StreamableHTTPClientTransport }] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/index.js"),
    import("@modelcontextprotocol/sdk/client/streamableHttp.js"),
  ]);
  const sent = {
    ...headers,
    ...(authorization !== undefined && { authorization: `Bearer ${authorization}` }),
  };
  const client = new Client({ name: "sim-model", version: "1" });
  const transport = new StreamableHTTPClientTransport(new URL(server_url), {
    requestInit: { headers: sent },
  });
  try {
    // The transport's optional fields are typed without `undefined`, which they may hold.
    await client.connect(transport as Parameters<typeof client.connect>[0], { signal });
  } catch (error) {
    await client.close();
    throw error;
  }
  return {
    async list() {
      const { tools }: { readonly tools: readonly ListedTool[] } = await client.listTools(
        undefined,
        { signal },
      );
      return tools.map(({ name, description = "", inputSchema }) => ({
        name,
        description,
        inputSchema,
      }));
    },
    async call(name, args) {
      const { content, isError } = await client.callTool({ name, arguments: args }, undefined, {
        signal,
      });
      return { isError: isError === true, text: Array.isArray(content) ? textIn(content) : "" };
    },
    async close() {
      await transport.terminateSession().catch(() => {});
      await client.close();
    },
  };
}

function textIn(content: readonly { readonly type: string; readonly text?: string }[]): string {
  return content.flatMap(({ text }) => text ?? []).join("\n");
}
