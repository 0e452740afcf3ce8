/// <reference lib="dom" />
import type { ClientMessage, ServerMessage } from "../../protocol/web.ts";
import { fetchJson, RequestError } from "../apiClient.ts";

/** What is asked of the server for a call; an empty `agent` is the default one. */
export interface SessionRequest {
  readonly agent: string;
  /** What fills the `{{names}}` in the agent's texts. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What the agent should know about this one call. */
  readonly context?: string;
}

/** A message as it went over the socket; binary ones, which are audio, by their size. */
type WireMessage = ClientMessage | ServerMessage | {
  readonly type: "binary";
  readonly bytes: number;
};

export interface WireEvents {
  /** Called with each message in either direction, before it is handled. */
  onWire?(direction: "in" | "out", message: WireMessage): void;
}

export interface ConnectionEvents extends WireEvents {
  onMessage(message: ServerMessage): void;
  /** A piece of the item's speech: PCM16 little-endian at 24 kHz; `fromMs` where it does not begin its item. */
  onAudio(itemId: string, pcm: ArrayBuffer, fromMs?: number): void;
  /** The socket of a live call closed, by either side; called once, after the last message. */
  onClose(closed: Closed): void;
}

/** What a connection is opened with: a call's token, or what lets the page come back to its call. */
export type Credential = { readonly token: string } | { readonly resumeToken: string };

type Ready = Extract<ServerMessage, { type: "ready" }>;

/** The close code of a socket: 1006 where the connection broke. */
export type Closed = Pick<CloseEvent, "code">;

/** The socket of one live call; messages are dropped once it is closed. */
export interface Connection {
  readonly callId: string;
  /** With it the page comes back to the call; absent where the server offers none. */
  readonly resumeToken: string | undefined;
  /** When the server last sent anything, by `performance.now()`. */
  readonly heardAt: number;
  send(message: ClientMessage): void;
  sendAudio(frame: ArrayBuffer): void;
  close(code?: number): void;
  /** Gives the socket up at once, as if it had broken; `onClose` is called. */
  drop(): void;
}

/** Where calls are begun: of the server that this page is of, or of another. */
export function ownServer(): URL {
  return new URL("/", location.href);
}

/** The answer to the request for a token. */
export interface Session {
  readonly token: string;
  /** What the agent is not told of what a visitor's page says. */
  readonly ignored?: readonly string[];
}

/** Requests the token for one call. Throws `RequestError`. */
export async function requestToken(
  { agent, ...told }: SessionRequest,
  key: string,
  signal: AbortSignal,
  server = ownServer(),
): Promise<Session> {
  return await post(
    new URL("api/web/session", server),
    // No agent is selected where the default one is unusable: the server then says why.
    agent === "" ? told : { agent, ...told },
    signal,
    key === "" ? {} : { authorization: `Bearer ${key}` },
  );
}

/** Asks why a call cannot be got back; resolves where it can. Throws `RequestError`. */
export async function checkReturn(
  resumeToken: string,
  signal: AbortSignal,
  server = ownServer(),
): Promise<void> {
  await post(new URL("api/web/resume", server), { resumeToken }, signal);
}

async function post<Answer>(
  url: URL,
  body: unknown,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return await fetchJson(url, {
    method: "POST",
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

function protocolOf(by: Credential): string {
  return "token" in by ? `token.${by.token}` : `resume.${by.resumeToken}`;
}

/**
 * Opens the socket and waits for `ready`. Throws `RequestError`, with the code `no_socket`, `page_left`, or
 * `refused_` and the close code of the socket, 1006 where there was no answer.
 */
export function connect(
  by: Credential,
  events: ConnectionEvents,
  signal: AbortSignal,
  server = ownServer(),
): Promise<Connection> {
  const url = new URL("web", server);
  url.protocol = url.protocol.replace("http", "ws");
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, ["parley.v1", protocolOf(by)]);
  } catch {
    return Promise.reject(
      new RequestError("no_socket", "This browser could not open the connection."),
    );
  }
  const send = (message: ClientMessage) => {
    if (write(JSON.stringify(message))) events.onWire?.("out", message);
  };
  let speech: { readonly itemId: string; readonly fromMs?: number | undefined } = { itemId: "" };
  let heardAt = performance.now();
  let silenceCheck: ReturnType<typeof setInterval> | undefined;

  socket.binaryType = "arraybuffer";
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => refused(1006), ANSWER_MS);
    const onAbort = () => fail("page_left", "The page was left.");
    signal.addEventListener("abort", onAbort);
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      heardAt = performance.now();
      if (typeof data !== "string") {
        events.onWire?.("in", { type: "binary", bytes: data.byteLength });
        return playBinary(data);
      }
      const message: ServerMessage = JSON.parse(data);
      events.onWire?.("in", message);
      switch (message.type) {
        case "ready":
          return onReady(message);
        case "ping":
          return send({ type: "pong" });
        case "reconnect":
          return drop();
        case "speech":
          speech = message;
          return;
        case "audio":
          return events.onAudio(message.itemId, decode(message.payload), message.fromMs);
        default:
          return events.onMessage(message);
      }
    };
    socket.onclose = ({ code }) => refused(code);

    function onReady({ callId, resumeToken }: Ready): void {
      stopWaiting();
      socket.onclose = over;
      // A server that has given a resume token pings the client.
      if (resumeToken !== undefined) silenceCheck = setInterval(checkSilence, SILENCE_CHECK_MS);
      resolve({
        callId,
        resumeToken,
        get heardAt() {
          return heardAt;
        },
        send,
        sendAudio(frame) {
          if (write(frame)) events.onWire?.("out", { type: "binary", bytes: frame.byteLength });
        },
        close: (code = 1000) => socket.close(code),
        drop,
      });
    }

    function checkSilence(): void {
      if (performance.now() - heardAt > SILENT_MS) drop();
    }

    function drop(): void {
      socket.onmessage = null;
      socket.close(DROPPED);
      over({ code: 1006 });
    }

    function over({ code }: Closed): void {
      socket.onclose = null;
      clearInterval(silenceCheck);
      events.onClose({ code });
    }

    function refused(code: number): void {
      fail(`refused_${code}`, "The server did not take the call.");
    }

    function fail(code: string, message: string): void {
      stopWaiting();
      socket.onclose = socket.onmessage = null;
      socket.close(DROPPED);
      reject(new RequestError(code, message));
    }

    function stopWaiting(): void {
      clearTimeout(timeout);
      signal.removeEventListener("abort", onAbort);
    }
  });

  function playBinary(pcm: ArrayBuffer): void {
    const { itemId, fromMs } = speech;
    speech = { itemId };
    events.onAudio(itemId, pcm, fromMs);
  }

  /** False where the socket is closed: the message is dropped. */
  function write(data: string | ArrayBuffer): boolean {
    if (socket.readyState !== WebSocket.OPEN) return false;
    socket.send(data);
    return true;
  }
}

function decode(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer;
}

/** The server pings every 5 s. */
const SILENT_MS = 12_000;
const SILENCE_CHECK_MS = 1000;
/** Says that the connection is taken for broken: the server keeps the call. */
const DROPPED = 4002;

/** Limit for the token request, and for the handshake up to `ready`. */
const ANSWER_MS = 20_000;
