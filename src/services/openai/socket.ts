import type { ServerError } from "./wire/serverEventTypes.ts";

/** The WebSocket under a model connection, whichever library drives it. */
export interface ModelSocket {
  /** Bytes that are sent but not yet taken by the network. */
  readonly bufferedAmount: number;
  /** Only while it is open. */
  send(text: string): void;
  /** At any time, while connecting too; none of the listener's methods is called afterwards. */
  close(): void;
}

export interface SocketListener {
  /** `serverDateMs`: the handshake's `Date`, where the library lets it be seen. */
  onOpen(serverDateMs?: number): void;
  /** A frame that is not text comes as undefined. */
  onMessage(text: string | undefined): void;
  /** At most once, and nothing after it. */
  onClose(closure: SocketClosure): void;
}

export type SocketClosure =
  /** Connecting was not even tried: the URL or a header is not acceptable. */
  | { readonly type: "unusable" }
  /** It never opened; status and error as far as the library lets them be seen. */
  | {
    readonly type: "refused";
    readonly status?: number;
    readonly error?: ServerError;
    readonly retryAfterMs?: number;
  }
  | { readonly type: "lost"; readonly code: number; readonly reason: string };

export interface SocketTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Starts connecting. Never throws, and calls the listener only after it has returned. */
export type OpenSocket = (target: SocketTarget, listener: SocketListener) => ModelSocket;
