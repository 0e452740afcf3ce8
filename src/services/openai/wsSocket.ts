import { errorIn } from "./modelLoss.ts";
import { retryAfterMsOf } from "./retryHint.ts";
import type {
  ModelSocket,
  OpenSocket,
  SocketClosure,
  SocketListener,
  SocketTarget,
} from "./socket.ts";
import { present } from "../../utils/present.ts";

/**
 * Opens sockets of npm:ws, which sends each frame at once (no Nagle) and says why a handshake was
 * refused. The package is loaded only where this is called.
 */
export function createWsOpener(): OpenSocket {
  const loading = import("ws");
  // Opening a socket reports it; until then it is no unhandled rejection.
  loading.catch(() => {});

  return function openWsSocket(target, listener) {
    let socket: ModelSocket | undefined;
    let silent = false;
    loading
      .then(({ WebSocket }) => {
        if (!silent) socket = connect(new WebSocket(target.url, optionsFor(target)), listener);
      })
      .catch(() => silent || listener.onClose({ type: "unusable" }));
    return {
      get bufferedAmount() {
        return socket?.bufferedAmount ?? 0;
      },
      send: (text) => socket?.send(text),
      close() {
        silent = true;
        socket?.close();
      },
    };
  };
}

function optionsFor({ headers }: SocketTarget) {
  return {
    headers: { ...headers },
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
  };
}

function connect(socket: WsSocket, listener: SocketListener): ModelSocket {
  let open = false;
  let silent = false;
  let refusal: Omit<Extract<SocketClosure, { type: "refused" }>, "type"> = {};

  let serverDateMs: number | undefined;
  socket.on("upgrade", ({ headers }) => {
    const dateMs = Date.parse(headers.date ?? "");
    if (Number.isFinite(dateMs)) serverDateMs = dateMs;
  });
  socket.on("open", () => {
    open = true;
    if (!silent) listener.onOpen(serverDateMs);
  });
  socket.on("message", (data, isBinary) => {
    if (!silent) listener.onMessage(isBinary ? undefined : data.toString());
  });
  socket.on("unexpected-response", (_request, response) => {
    const status = response.statusCode;
    let body = "";
    const settle = () => {
      const error = errorIn(body);
      const retryAfterMs = retryAfterMsOf(response.headers["retry-after"]);
      refusal = {
        status,
        ...present({ error, retryAfterMs }),
      };
      socket.terminate();
    };
    response.setEncoding("utf8");
    response.on("data", (chunk) => {
      body += chunk;
      if (body.length > MAX_BODY_CHARS) settle();
    });
    response.on("end", settle);
    response.on("error", settle);
  });
  // Without a listener Node would throw; `close` follows with the rest.
  socket.on("error", () => {});
  socket.on("close", (code, reason) => {
    if (silent) return;
    silent = true;
    listener.onClose(
      open ? { type: "lost", code, reason: reason.toString() } : { type: "refused", ...refusal },
    );
  });

  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (text) => socket.send(text, ignoreSendError),
    close() {
      silent = true;
      if (open) socket.close(1000);
      else socket.terminate();
    },
  };
}

/** One delta may hold a whole reply; Deno's own socket takes as much. */
const MAX_FRAME_BYTES = 64 * 2 ** 20;
const CLOSE_TIMEOUT_MS = 400;
const MAX_BODY_CHARS = 16_384;

// `close` follows any failure of the socket.
function ignoreSendError() {}

/** What is used of npm:ws, which comes without types. */
interface WsSocket {
  readonly bufferedAmount: number;
  on(event: "open", listener: () => void): void;
  on(
    event: "upgrade",
    listener: (response: { readonly headers: { readonly date?: string } }) => void,
  ): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "message", listener: (data: { toString(): string }, isBinary: boolean) => void): void;
  on(event: "close", listener: (code: number, reason: { toString(): string }) => void): void;
  on(
    event: "unexpected-response",
    listener: (request: unknown, response: WsResponse) => void,
  ): void;
  send(text: string, done: (error?: Error) => void): void;
  close(code: number): void;
  terminate(): void;
}

interface WsResponse {
  readonly statusCode: number;
  readonly headers: { readonly "retry-after"?: string };
  setEncoding(encoding: "utf8"): void;
  on(event: "data", listener: (chunk: string) => void): void;
  on(event: "end", listener: () => void): void;
  on(event: "error", listener: (error: Error) => void): void;
}
