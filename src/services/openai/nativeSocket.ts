import type { ModelSocket, SocketListener, SocketTarget } from "./socket.ts";
import { closeSocketWithin } from "../../utils/http/cutSocket.ts";
import { present } from "../../utils/present.ts";

/** Opens Deno's own WebSocket: least CPU, but no control of Nagle's algorithm. */
export function openNativeSocket(target: SocketTarget, listener: SocketListener): ModelSocket {
  try {
    return connect(target, listener);
  } catch {
    let silent = false;
    queueMicrotask(() => silent || listener.onClose({ type: "unusable" }));
    return { bufferedAmount: 0, send() {}, close: () => void (silent = true) };
  }
}

function connect({ url, headers }: SocketTarget, listener: SocketListener): ModelSocket {
  const socket = new WebSocket(url, { headers: { ...headers } });
  socket.binaryType = "arraybuffer";
  let open = false;
  let silent = false;
  let status: number | undefined;

  socket.onopen = () => {
    open = true;
    if (!silent) listener.onOpen();
  };
  socket.onmessage = ({ data }) => {
    if (!silent) listener.onMessage(typeof data === "string" ? data : undefined);
  };
  socket.onerror = (event) => {
    event.preventDefault();
    status = event instanceof ErrorEvent ? statusIn(event.message) : undefined;
  };
  socket.onclose = ({ code, reason }) => {
    if (silent) return;
    silent = true;
    listener.onClose(
      open ? { type: "lost", code, reason } : { type: "refused", ...present({ status }) },
    );
  };

  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (text) => socket.send(text),
    close() {
      silent = true;
      closeSocketWithin(socket, CLOSING_MS, 1000);
    },
  };
}

/** When a socket is dropped whose server has not answered the close frame. */
const CLOSING_MS = 400;

// Deno gives a refused handshake's status nowhere but in this message.
function statusIn(message: string): number | undefined {
  const digits = /status code: (\d{3})\b/.exec(message)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
