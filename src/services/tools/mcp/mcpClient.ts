import type { Milliseconds } from "../../../call/types.ts";
import { deadline } from "../../../utils/deadline.ts";
import { boundFetch, type McpFetch } from "./boundedFetch.ts";
import { OpenRequests } from "./openRequests.ts";
import {
  callResult,
  listResult,
  type McpAnswer,
  type McpToolList,
  type McpToolListing,
  readAnswer,
  readListing,
} from "./mcpWire.ts";

/** Where a server is, and what it is sent with every request. */
export interface McpEndpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type { McpFetch };

/** An open connection to an MCP server. */
export interface McpClient {
  listTools(): Promise<readonly McpToolListing[]>;
  /** Rejects where there is no answer; `meta` goes beside the arguments, out of the model's reach. */
  callTool(
    call: {
      readonly name: string;
      readonly args: Readonly<Record<string, unknown>>;
      readonly meta?: Readonly<Record<string, unknown>> | undefined;
    },
    limits: { readonly signal: AbortSignal; readonly timeoutMs: Milliseconds },
  ): Promise<McpAnswer>;
  close(): Promise<void>;
}

export interface McpClientEvents {
  /** The server says that its tools are others now. */
  onToolsChanged(): void;
  onClosed(): void;
}

const CONNECT_MS = 10_000;
const LIST_MS = 10_000;
const GOODBYE_MS = 1000;
const MAX_PAGES = 20;
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Connects to a server over streamable HTTP, or over the older event stream where it refuses that. The
 * SDK is loaded with the first connection: without MCP servers nobody pays for it.
 */
export async function connectMcp(
  endpoint: McpEndpoint,
  events: McpClientEvents,
  fetchIt?: McpFetch,
): Promise<McpClient> {
  const [{ Client }, { StreamableHTTPClientTransport }, { SSEClientTransport }, types] =
    await Promise.all([
      import("@modelcontextprotocol/sdk/client/index.js"),
      import("@modelcontextprotocol/sdk/client/streamableHttp.js"),
      import("@modelcontextprotocol/sdk/client/sse.js"),
      import("@modelcontextprotocol/sdk/types.js"),
    ]);
  const url = new URL(endpoint.url);
  const opened: { client?: { close(): Promise<void> } } = {};
  // The SDK would wait for the rest of a stream that is cut off: closing it settles what is asked.
  const onTooLong = () => void opened.client?.close();
  const requests = new OpenRequests(fetchIt ?? fetch);
  const options = {
    fetch: boundFetch(MAX_ANSWER_BYTES, onTooLong, requests.fetch),
    requestInit: { headers: { ...endpoint.headers } },
  };
  const open = async (transport: "streamable" | "events") => {
    const client = new Client({ name: "parley", version: "1" });
    opened.client = client;
    const channel = transport === "streamable"
      ? new StreamableHTTPClientTransport(url, options)
      : new SSEClientTransport(url, options);
    // The client keeps it, and hears of the message afterwards.
    channel.onmessage = ({ id, method }: JsonRpcMessage) => {
      if (method === undefined && id !== undefined && id !== null) requests.settled(id);
    };
    try {
      // The transports' optional fields are typed without `undefined`, which they may hold.
      await client.connect(channel as Parameters<typeof client.connect>[0], {
        timeout: CONNECT_MS,
      });
    } catch (error) {
      await client.close().catch(() => {});
      throw error;
    }
    return { client, channel };
  };
  const { client, channel } = await open("streamable").catch((error) => {
    if (!isRefusedByOlderServer(error)) throw error;
    return open("events");
  });
  client.setNotificationHandler(
    types.ToolListChangedNotificationSchema,
    () => events.onToolsChanged(),
  );
  client.onclose = () => events.onClosed();
  // Of a stream that breaks the next request shows whether the server is away.
  client.onerror = () => {};
  return {
    async listTools() {
      const tools: McpToolListing[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MAX_PAGES; page++) {
        const params = cursor === undefined ? {} : { cursor };
        const listed: McpToolList = await client.request(
          { method: "tools/list", params },
          listResult,
          { timeout: LIST_MS },
        );
        tools.push(...listed.tools.flatMap((entry) => readListing(entry) ?? []));
        cursor = listed.nextCursor;
        if (cursor === undefined) break;
      }
      return tools;
    },
    async callTool({ name, args, meta }, { signal, timeoutMs }) {
      const params = { name, arguments: { ...args }, ...(meta && { _meta: { ...meta } }) };
      const options = { signal, timeout: timeoutMs };
      return readAnswer(
        await client.request({ method: "tools/call", params }, callResult, options),
      );
    },
    async close() {
      client.onclose = () => {};
      if (channel instanceof StreamableHTTPClientTransport) {
        // A server that does not answer this either is left alone.
        await deadline(channel.terminateSession(), GOODBYE_MS).catch(() => {});
      }
      await client.close().catch(() => {});
    },
  };
}

/** As far as it tells an answer from a request. */
interface JsonRpcMessage {
  readonly id?: string | number | null;
  readonly method?: string;
}

/** Servers of the older transport answer the first request with one of these. */
function isRefusedByOlderServer(error: unknown): boolean {
  const code = codeOf(error);
  return code === 404 || code === 405 || code === 400;
}

/** The HTTP status or the JSON-RPC code that an error of the SDK carries. */
export function codeOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "number" ? error.code : undefined;
}
