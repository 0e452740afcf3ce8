/**
 * Closes a server's WebSocket and cuts its connection without waiting for the peer.
 *
 * `close` alone waits for the peer, and until then Deno buffers the fragments that it sends. Deno has
 * no public API to cut one connection, so the socket's resource is closed through `Deno[Deno.internal]`;
 * where that is missing, only the closing handshake remains.
 */
export function cutSocket(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  setTimeout(() => releaseSocket(socket), CLOSE_FRAME_MS);
}

/**
 * Closes a WebSocket of either side, and cuts its connection where the peer has not answered in time. One
 * that is still connecting has no peer that could answer, and is cut at once.
 */
export function closeSocketWithin(socket: WebSocket, withinMs: number, code: number): void {
  if (socket.readyState === WebSocket.OPEN) {
    const timer = setTimeout(() => releaseSocket(socket), withinMs);
    socket.addEventListener("close", () => clearTimeout(timer));
  }
  socket.close(code);
}

/** Cuts the connection of a socket that is closing; without effect on one that is closed. */
export function releaseSocket(socket: WebSocket): void {
  const symbol = Object.getOwnPropertySymbols(socket).find((it) => it.description === "[[rid]]");
  const rid: unknown = symbol && Reflect.get(socket, symbol);
  const core = memberOf(memberOf(Deno, memberOf(Deno, "internal")), "core");
  const tryClose = memberOf(core, "tryClose");
  if (typeof rid === "number" && typeof tryClose === "function") tryClose(rid);
}

/** Time for the close frame to be sent. */
const CLOSE_FRAME_MS = 10;

function memberOf(value: unknown, name: unknown): unknown {
  const isName = typeof name === "string" || typeof name === "symbol";
  return typeof value === "object" && value !== null && isName
    ? Reflect.get(value, name)
    : undefined;
}
