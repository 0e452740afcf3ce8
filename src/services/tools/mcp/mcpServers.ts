import type { ReadToolVariable } from "../../../config/toolVariables.ts";
import { readHeaders, type ToolHeaders } from "../http/httpHeaders.ts";
import type { McpConnectionDeps, McpState } from "./mcpConnection.ts";
import { McpConnection } from "./mcpConnection.ts";
import type { McpEndpoint } from "./mcpClient.ts";

/** The MCP servers that the agents name, each connected to once per process. */
export type McpServers = ReturnType<typeof createMcpServers>;

export interface NamedEndpoint extends McpEndpoint {
  readonly name: string;
}

export interface McpServersDeps extends McpConnectionDeps {
  readonly readVariable: ReadToolVariable;
}

/** Creates the set of connections, which is empty until `use` names servers. */
export function createMcpServers({ readVariable, ...deps }: McpServersDeps) {
  const open = new Map<string, { readonly name: string; readonly connection: McpConnection }>();
  let isClosed = false;
  return {
    /**
     * The server's connection, opened now where there is none yet; undefined once all are closed, or where
     * a variable that its headers need is not set.
     */
    use({ name, url, headers: templates }: NamedEndpoint): McpConnection | undefined {
      const read = isClosed ? undefined : filled(templates);
      if (read === undefined) return undefined;
      const headers = read.values;
      const key = JSON.stringify([url, Object.entries(headers).sort()]);
      const known = open.get(key);
      if (known !== undefined) return known.connection;
      const connection = new McpConnection(name, { url, headers }, deps, read.secrets);
      open.set(key, { name, connection });
      return connection;
    },
    /** Closes what is not among the servers in use any more; calls that still ask it get an error. */
    async keepOnly(connections: ReadonlySet<McpConnection>): Promise<void> {
      const left = [...open].filter(([, { connection }]) => !connections.has(connection));
      for (const [key] of left) open.delete(key);
      await Promise.all(left.map(([, { connection }]) => connection.close()));
    },
    list: (): readonly { readonly name: string; readonly state: McpState }[] =>
      [...open.values()].map(({ name, connection }) => ({ name, state: connection.state })),
    async close(): Promise<void> {
      isClosed = true;
      await Promise.all([...open.values()].map(({ connection }) => connection.close()));
      open.clear();
    },
  };

  function filled(templates: McpEndpoint["headers"]): ToolHeaders | undefined {
    try {
      return readHeaders(templates, readVariable);
    } catch {
      // It was there when the agent's file was checked.
      return undefined;
    }
  }
}
