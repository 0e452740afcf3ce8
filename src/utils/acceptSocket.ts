/** How a request becomes a WebSocket. */
export interface SocketOptions {
  /** Named in the answer, whether the client's list is one that the host can read or not. */
  readonly protocol?: string;
  /** A socket that answers no ping for so long is closed; 0 for a socket that is watched elsewhere. */
  readonly idleSeconds: number;
  /** Larger messages close the socket with 1009, where the host can keep them from piling up. */
  readonly maxMessageBytes?: number;
}

export interface AcceptedSocket {
  readonly socket: WebSocket;
  /** To be returned as the answer: this very object. */
  readonly response: Response;
}

/** Accepts a request as a WebSocket; throws a `TypeError` for a handshake that is not valid. */
export type AcceptSocket = (request: Request, options: SocketOptions) => AcceptedSocket;

/**
 * Accepts by `Deno.upgradeWebSocket`, which puts no limit on messages in fragments: for hosts that
 * bring their own socket.
 */
export const acceptByDeno: AcceptSocket = (request, { protocol, idleSeconds }) => {
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: idleSeconds });
  // Deno finds a protocol only in a list that is written with blanks.
  if (protocol !== undefined) response.headers.set("Sec-WebSocket-Protocol", protocol);
  return { socket, response };
};
