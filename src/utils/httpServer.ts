import type { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { AcceptSocket } from "./acceptSocket.ts";
import { listsWord } from "./headerList.ts";
import { readRequest, writeRefusal, writeResponse } from "./nodeExchange.ts";
import { acceptorFor } from "./nodeSockets.ts";

/** What a handler is told of a request beside the request itself. */
export interface ConnectionFacts {
  readonly remoteAddress: string;
  /** Absent where the client wants no WebSocket. */
  readonly acceptSocket?: AcceptSocket;
}

export interface HttpServer {
  readonly addr: { readonly hostname: string; readonly port: number };
  /** Takes no more connections; resolves when the last one is gone. */
  shutdown(): Promise<void>;
}

export interface HttpServerOptions {
  readonly hostname: string;
  readonly port: number;
  readonly fetch: (request: Request, facts: ConnectionFacts) => Response | Promise<Response>;
  /** Called with what went wrong while an answer was made or written. */
  readonly onError: (error: unknown) => void;
}

/**
 * Serves HTTP/1.1 by `node:http`, which limits the size and the time of headers and lets WebSockets
 * be read with a limit; `Deno.serve` does neither. Rejects with an error whose `code` says why it
 * cannot listen.
 */
export async function serveHttp(
  { hostname, port, fetch, onError }: HttpServerOptions,
): Promise<HttpServer> {
  const server = createServer({ ...OPTIONS });
  server.on("request", (incoming, outgoing) => {
    answer(incoming, outgoing).catch((error) => {
      outgoing.destroy();
      onError(error);
    });
  });
  server.on("upgrade", (incoming: IncomingMessage, wire: Socket, head: Buffer) => {
    // The client may break off at any moment.
    wire.on("error", () => wire.destroy());
    upgrade(incoming, wire, head).catch((error) => {
      wire.destroy();
      onError(error);
    });
  });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host: hostname, port }, resolve);
  await listening;
  server.off("error", reject);
  server.on("error", onError);
  const bound = server.address();
  return {
    addr: typeof bound === "object" && bound !== null
      ? { hostname: bound.address, port: bound.port }
      : { hostname, port },
    shutdown: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const read = readRequest(incoming);
    const response = read && await fetch(read.request, factsOf(incoming));
    await writeResponse(response ?? unreadable(), outgoing);
    read?.letGo();
  }

  async function upgrade(incoming: IncomingMessage, wire: Socket, head: Buffer): Promise<void> {
    const read = readRequest(incoming);
    if (read === undefined) return await writeRefusal(unreadable(), wire);
    const acceptSocket = acceptorFor(incoming, wire, head);
    const response = await fetch(read.request, { ...factsOf(incoming), acceptSocket });
    if (response.status !== 101) await writeRefusal(response, wire);
  }
}

const OPTIONS = {
  headersTimeout: 20_000,
  requestTimeout: 60_000,
  // Longer than proxies keep an idle connection: the one that closes first must not be this end.
  keepAliveTimeout: 75_000,
  maxHeaderSize: 32 * 1024,
  // Other protocols are not spoken: a request that offers one is answered as if it did not.
  shouldUpgradeCallback: ({ headers }: IncomingMessage) =>
    listsWord(headers.upgrade ?? null, "websocket"),
};

function factsOf({ socket: { remoteAddress } }: IncomingMessage): ConnectionFacts {
  return { remoteAddress: remoteAddress ?? "unknown" };
}

function unreadable(): Response {
  return Response.json(
    { error: "The request cannot be read.", code: "invalid_request", requestId: "" },
    { status: 400 },
  );
}
