import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { AcceptSocket } from "./acceptSocket.ts";

/**
 * Accepts the request of an `upgrade` event. Where messages are limited, `npm:ws` reads them, which
 * counts fragments as they come: Deno gathers them without limit, but takes half the time for each.
 */
export function acceptorFor(incoming: IncomingMessage, wire: Socket, head: Buffer): AcceptSocket {
  return (request, { protocol, idleSeconds, maxMessageBytes }) => {
    if (maxMessageBytes === undefined) {
      return Deno.upgradeWebSocket(request, { idleTimeout: idleSeconds, socket: wire, head });
    }
    const server = new WebSocketServer({
      noServer: true,
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
      clientTracking: false,
      closeTimeout: CLOSE_TIMEOUT_MS,
    });
    let accepted: WebSocket | undefined;
    server.handleUpgrade(plain(incoming, protocol), wire, head, (socket: ServedSocket) => {
      socket.binaryType = "arraybuffer";
      if (idleSeconds > 0) watch(socket, idleSeconds * 500);
      accepted = socket;
    });
    if (accepted === undefined) throw new TypeError("Cannot accept: no valid handshake");
    return { socket: accepted, response: switched() };
  };
}

/** A peer that does not answer a close is cut off after so long. */
const CLOSE_TIMEOUT_MS = 2000;

interface ServedSocket extends WebSocket {
  on(event: "pong" | "message" | "close", hear: () => void): void;
  ping(): void;
  terminate(): void;
}

/** `npm:ws` reads lists more strictly than RFC 9110 writes them; the routes have read them already. */
function plain({ method, url, headers }: IncomingMessage, protocol: string | undefined) {
  return {
    method,
    url,
    headers: {
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": headers["sec-websocket-key"],
      ...(protocol !== undefined && { "sec-websocket-protocol": protocol }),
    },
  };
}

/** Pings once in so many milliseconds; who lets two go by in silence is cut off. */
function watch(socket: ServedSocket, everyMs: number): void {
  let isAlive = true;
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, everyMs);
  socket.on("pong", () => isAlive = true);
  socket.on("message", () => isAlive = true);
  socket.on("close", () => clearInterval(timer));
}

/** The status of a switch of protocols, which no `Response` can be made with. */
function switched(): Response {
  return Object.defineProperty(new Response(null), "status", { value: 101 });
}
