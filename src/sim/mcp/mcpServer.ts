import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import {
  type CallToolRequest,
  CallToolRequestSchema,
  ListToolsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";

/** A tool of the simulated server; the schema is sent as it is, valid or not. */
export interface SimMcpTool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema: unknown;
  readonly readOnly?: boolean;
  /** Returns the answer's text, or a whole result. */
  run(
    args: Readonly<Record<string, unknown>>,
    call: { readonly signal: AbortSignal; readonly meta: unknown },
  ): SimMcpResult | Promise<SimMcpResult>;
}

type SimMcpResult = string | { readonly content?: unknown; readonly isError?: boolean };

export interface SimMcpOptions {
  readonly tools: readonly SimMcpTool[];
  /** Requests without `Authorization: Bearer TOKEN` are answered 401. */
  readonly token?: string;
  /** 0 for a free one. */
  readonly port?: number;
}

/** Starts an MCP server over streamable HTTP on loopback, at `/mcp`. */
export function startMcpServer({ tools: first, token, port = 0 }: SimMcpOptions) {
  let tools = first;
  const sessions = new Map<string, Session>();
  const stop = new AbortController();
  let requests = 0;
  let streams = 0;

  const http = Deno.serve(
    { hostname: "127.0.0.1", port, signal: stop.signal, onListen: () => {} },
    async (request) => {
      requests++;
      if (new URL(request.url).pathname !== "/mcp") return new Response(null, { status: 404 });
      if (token !== undefined && request.headers.get("authorization") !== `Bearer ${token}`) {
        return new Response(null, { status: 401 });
      }
      const id = request.headers.get("mcp-session-id");
      if (id === null) return await (await openSession()).transport.handleRequest(request);
      const session = sessions.get(id);
      if (session === undefined) return new Response(null, { status: 404 });
      const response = await session.transport.handleRequest(request);
      const isStream = response.headers.get("content-type")?.includes("text/event-stream");
      if (request.method !== "POST" || isStream !== true) return response;
      streams++;
      request.signal.addEventListener("abort", () => streams--, { once: true });
      return response;
    },
  );

  return {
    url: `http://127.0.0.1:${http.addr.port}/mcp`,
    port: http.addr.port,
    get sessions(): number {
      return sessions.size;
    },
    get requests(): number {
      return requests;
    },
    /** Answers to requests that are not over. */
    get streams(): number {
      return streams;
    },
    /** Offers other tools from now on, and tells all clients so. */
    async offer(others: readonly SimMcpTool[]): Promise<void> {
      tools = others;
      await Promise.all([...sessions.values()].map(({ server }) => server.sendToolListChanged()));
    },
    /** Forgets all sessions, as a server does that was started again. */
    forget(): void {
      sessions.clear();
    },
    async close(): Promise<void> {
      await Promise.all([...sessions.values()].map(({ server }) => server.close()));
      sessions.clear();
      stop.abort();
      await http.finished;
    },
  };

  async function openSession(): Promise<Session> {
    const server = new Server({ name: "sim", version: "1" }, {
      capabilities: { tools: { listChanged: true } },
    });
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(listed) as [] }));
    server.setRequestHandler(CallToolRequestSchema, async (
      { params }: CallToolRequest,
      { signal }: { readonly signal: AbortSignal },
    ) => {
      const tool = tools.find(({ name }) => name === params.name);
      if (tool === undefined) return { ...textResult("there is no such tool"), isError: true };
      const meta = params._meta;
      const result = await tool.run(params.arguments ?? {}, { signal, meta });
      return typeof result === "string" ? textResult(result) : result as { content: [] };
    });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id: string) => void sessions.set(id, { server, transport }),
      onsessionclosed: (id: string) => void sessions.delete(id),
    });
    // The transport's optional fields are typed without `undefined`, which they may hold.
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    return { server, transport };
  }
}

interface Session {
  readonly server: Server;
  readonly transport: WebStandardStreamableHTTPServerTransport;
}

function listed({ name, description, inputSchema, readOnly }: SimMcpTool) {
  return {
    name,
    description,
    inputSchema,
    ...(readOnly !== undefined && { annotations: { readOnlyHint: readOnly } }),
  };
}

function textResult(text: string) {
  return { content: [{ type: "text" as const, text }] };
}
