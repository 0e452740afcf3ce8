import type { Clock } from "../../utils/clock.ts";
import { releaseSocket } from "../../utils/http/cutSocket.ts";

/** What a socket of this server connects to. */
export type SocketKind = (typeof socketKinds)[number];

export const socketKinds = ["media", "web"] as const;

/** How long a peer may take to answer the closing of a socket. */
const CLOSING_MS = 2000;
const CHECK_MS = 500;

export type OpenSockets = ReturnType<typeof createOpenSockets>;

/**
 * The sockets that callers have open here. Deno waits without limit for a peer to answer a close frame, so
 * that one that never does would stay open with its file descriptor: after two seconds it is cut.
 * `now` is monotonic.
 */
export function createOpenSockets({ now, setTimer }: Clock) {
  const sockets = new Map<WebSocket, { readonly kind: SocketKind; closingSince?: number }>();
  let cut = 0;
  let cancel: (() => void) | undefined;

  return {
    /** Watches a socket until it is closed. */
    watch(socket: WebSocket, kind: SocketKind): void {
      sockets.set(socket, { kind });
      socket.addEventListener("close", () => forget(socket));
      cancel ??= setTimer(check, CHECK_MS);
    },
    count: (kind: SocketKind): number =>
      [...sockets.values()].filter((socket) => socket.kind === kind).length,
    /** Sockets whose peer did not answer the closing. */
    get cut(): number {
      return cut;
    },
    close(): void {
      cancel?.();
      cancel = undefined;
      sockets.clear();
    },
  };

  function forget(socket: WebSocket): void {
    sockets.delete(socket);
    if (sockets.size > 0) return;
    cancel?.();
    cancel = undefined;
  }

  function check(): void {
    cancel = setTimer(check, CHECK_MS);
    const at = now();
    for (const [socket, state] of sockets) {
      if (socket.readyState === WebSocket.CLOSED) forget(socket);
      if (socket.readyState !== WebSocket.CLOSING) continue;
      state.closingSince ??= at;
      if (at - state.closingSince < CLOSING_MS) continue;
      cut++;
      forget(socket);
      releaseSocket(socket);
    }
  }
}
