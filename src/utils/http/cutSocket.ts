/**
 * Closes a server's WebSocket and cuts its connection without waiting for the peer.
 *
 * `close` alone waits for the peer, and until then Deno buffers the fragments that it sends. Deno has
 * no public API to cut one connection, so the socket's resource is closed through `Deno[Deno.internal]`;
 * where that is missing, only the closing handshake remains.
 */
export function cutSocket(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  setTimeout(() => release(socket), CLOSE_FRAME_MS);
}

/** Time for the close frame to be sent. */
const CLOSE_FRAME_MS = 10;

function release(socket: WebSocket): void {
  const symbol = Object.getOwnPropertySymbols(socket).find((it) => it.description === "[[rid]]");
  const rid: unknown = symbol && Reflect.get(socket, symbol);
  const core = memberOf(memberOf(Deno, memberOf(Deno, "internal")), "core");
  const tryClose = memberOf(core, "tryClose");
  if (typeof rid === "number" && typeof tryClose === "function") tryClose(rid);
}

function memberOf(value: unknown, name: unknown): unknown {
  const isName = typeof name === "string" || typeof name === "symbol";
  return typeof value === "object" && value !== null && isName
    ? Reflect.get(value, name)
    : undefined;
}
