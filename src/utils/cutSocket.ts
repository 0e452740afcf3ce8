/**
 * Closes a server's WebSocket and cuts its connection, whether the peer answers or not.
 *
 * `close` alone waits for the peer, and Deno goes on gathering the fragments that it sends meanwhile.
 * Nothing public cuts one connection, so the socket's resource is released through the runtime's own
 * means; a Deno without them is left with the closing handshake.
 */
export function cutSocket(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  setTimeout(() => release(socket), CLOSE_FRAME_MS);
}

/** A moment for the close frame, which tells an honest peer why. */
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
