/// <reference lib="dom" />
import type { ClientMessage, ServerMessage } from "../protocol/web.ts";
import { ask, Refusal } from "./apiClient.ts";
import { describeRefused } from "./closeReasons.ts";

export interface ServerInfo {
  /** `rehearsal`, or the name of the model that answers. */
  readonly engine: string;
  /** Whether a call may be begun from here: freely, with a key, or not at all. */
  readonly access: "open" | "key" | "closed";
  readonly defaultAgent: string;
  readonly agents: readonly { readonly name: string; readonly title: string }[];
}

export interface ConnectionEvents {
  onMessage(message: ServerMessage): void;
  /** PCM16 at 24 kHz, a piece of the item's speech. */
  onAudio(itemId: string, pcm: ArrayBuffer): void;
  /** Called once, after the last message of a call that was under way, whoever closed. */
  onClose(closed: Closed): void;
}

/** How a socket closed, by its code: 1006 where it broke off. */
export type Closed = Pick<CloseEvent, "code">;

export interface Connection {
  send(message: ClientMessage): void;
  sendAudio(frame: ArrayBuffer): void;
  close(): void;
}

export async function askServer(): Promise<ServerInfo> {
  return await ask("/api/web/info");
}

/** Gets leave for one call with an agent. Throws `Refusal`. */
export async function requestToken(
  agent: string,
  key: string,
  signal: AbortSignal,
): Promise<string> {
  const { token } = await ask<{ readonly token: string }>("/api/web/session", {
    method: "POST",
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    headers: {
      "content-type": "application/json",
      ...(key !== "" && { authorization: `Bearer ${key}` }),
    },
    // Nobody is chosen where the default agent cannot be used: the server says why.
    body: JSON.stringify(agent === "" ? {} : { agent }),
  });
  return token;
}

/** Connects the call that the token is good for, and waits until it is under way. Throws `Refusal`. */
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
    return Promise.reject(new Refusal("no_socket", "This browser could not open the connection."));
  }
  const send = (message: ClientMessage) => write(JSON.stringify(message));
  let speechOf = "";

  socket.binaryType = "arraybuffer";
  socket.onopen = () => send({ type: "hello", binary: true });
  return new Promise((resolve, reject) => {
    const overdue = setTimeout(() => giveUp(describeRefused(1006)), ANSWER_MS);
    const leave = () => giveUp("The page was left.");
    signal.addEventListener("abort", leave);
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data !== "string") return events.onAudio(speechOf, data);
      const message: ServerMessage = JSON.parse(data);
      if (message.type === "ready") begin();
      else if (message.type === "speech") speechOf = message.itemId;
      else if (message.type === "audio") events.onAudio(message.itemId, decode(message.payload));
      else events.onMessage(message);
    };
    socket.onclose = ({ code }) => giveUp(describeRefused(code));

    function begin(): void {
      settle();
      socket.onclose = events.onClose;
      resolve({
        send,
        sendAudio: write,
        close: () => socket.close(1000),
      });
    }

    function giveUp(words: string): void {
      settle();
      socket.onclose = socket.onmessage = null;
      socket.close();
      reject(new Refusal("not_connected", words));
    }

    function settle(): void {
      clearTimeout(overdue);
      signal.removeEventListener("abort", leave);
    }
  });

  function write(data: string | ArrayBuffer): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  }
}

function decode(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer;
}

/** A token request, or a handshake, that takes longer is not going to be answered. */
const ANSWER_MS = 20_000;
