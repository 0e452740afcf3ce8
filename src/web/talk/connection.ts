/// <reference lib="dom" />
import type { ClientMessage, ServerMessage } from "../../protocol/web.ts";
import { fetchJson, RequestError } from "../apiClient.ts";
import { describeRefused } from "./talkTexts.ts";

/** What the server offers: the answer of `/api/web/info`. */
export interface ServerInfo {
  /** `rehearsal`, or the name of the model that answers. */
  readonly engine: string;
  /** Whether this browser may start a call: without a key, with one, or not at all. */
  readonly access: "open" | "key" | "closed";
  readonly defaultAgent: string;
  readonly agents: readonly { readonly name: string; readonly title: string }[];
}

export interface ConnectionEvents {
  onMessage(message: ServerMessage): void;
  /** A piece of the item's speech: PCM16 little-endian at 24 kHz. */
  onAudio(itemId: string, pcm: ArrayBuffer): void;
  /** The socket of a live call closed, by either side; called once, after the last message. */
  onClose(closed: Closed): void;
}

/** The close code of a socket: 1006 where the connection broke. */
export type Closed = Pick<CloseEvent, "code">;

/** The socket of one live call; messages are dropped once it is closed. */
export interface Connection {
  send(message: ClientMessage): void;
  sendAudio(frame: ArrayBuffer): void;
  close(): void;
}

/** Asks the server what it offers. Throws `RequestError`. */
export async function fetchServerInfo(): Promise<ServerInfo> {
  return await fetchJson("/api/web/info");
}

/** Requests the token for one call; an empty `agent` is the default one. Throws `RequestError`. */
export async function requestToken(
  agent: string,
  key: string,
  signal: AbortSignal,
): Promise<string> {
  const { token } = await fetchJson<{ readonly token: string }>("/api/web/session", {
    method: "POST",
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    headers: {
      "content-type": "application/json",
      ...(key !== "" && { authorization: `Bearer ${key}` }),
    },
    // No agent is selected where the default one is unusable: the server then says why.
    body: JSON.stringify(agent === "" ? {} : { agent }),
  });
  return token;
}

/** Opens the socket and waits for `ready`. Throws `RequestError`. */
export function connect(
  token: string,
  events: ConnectionEvents,
  signal: AbortSignal,
): Promise<Connection> {
  const url = new URL("/web", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, ["parley.v1", `token.${token}`]);
  } catch {
    return Promise.reject(
      new RequestError("no_socket", "This browser could not open the connection."),
    );
  }
  const send = (message: ClientMessage) => write(JSON.stringify(message));
  let speechItemId = "";

  socket.binaryType = "arraybuffer";
  socket.onopen = () => send({ type: "hello", binary: true });
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => fail(describeRefused(1006)), ANSWER_MS);
    const onAbort = () => fail("The page was left.");
    signal.addEventListener("abort", onAbort);
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data !== "string") return events.onAudio(speechItemId, data);
      const message: ServerMessage = JSON.parse(data);
      if (message.type === "ready") onReady();
      else if (message.type === "speech") speechItemId = message.itemId;
      else if (message.type === "audio") events.onAudio(message.itemId, decode(message.payload));
      else events.onMessage(message);
    };
    socket.onclose = ({ code }) => fail(describeRefused(code));

    function onReady(): void {
      stopWaiting();
      socket.onclose = events.onClose;
      resolve({
        send,
        sendAudio: write,
        close: () => socket.close(1000),
      });
    }

    function fail(message: string): void {
      stopWaiting();
      socket.onclose = socket.onmessage = null;
      socket.close();
      reject(new RequestError("not_connected", message));
    }

    function stopWaiting(): void {
      clearTimeout(timeout);
      signal.removeEventListener("abort", onAbort);
    }
  });

  function write(data: string | ArrayBuffer): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  }
}

function decode(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer;
}

/** Limit for the token request, and for the handshake up to `ready`. */
const ANSWER_MS = 20_000;
