/// <reference lib="dom" />
import type { ClientMessage, ServerMessage } from "../protocol/web.ts";
import { ask, Refusal } from "./ask.ts";

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
  onClose(): void;
}

export interface Connection {
  send(message: ClientMessage): void;
  sendAudio(frame: ArrayBuffer): void;
  close(): void;
}

export async function askServer(): Promise<ServerInfo> {
  return await ask("/api/web/info");
}

/** Gets leave for one call with an agent. Throws `Refusal`. */
export async function requestToken(agent: string, key: string): Promise<string> {
  const { token } = await ask<{ readonly token: string }>("/api/web/session", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key !== "" && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ agent }),
  });
  return token;
}

/** Connects the call that the token is good for, and waits until it is under way. Throws `Refusal`. */
export function connect(token: string, events: ConnectionEvents): Promise<Connection> {
  const url = new URL("/web", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url, ["parley.v1", `token.${token}`]);
  const send = (message: ClientMessage) => write(JSON.stringify(message));
  let speechOf = "";

  socket.binaryType = "arraybuffer";
  socket.onopen = () => send({ type: "hello", binary: true });
  return new Promise((resolve, reject) => {
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data !== "string") return events.onAudio(speechOf, data);
      const message: ServerMessage = JSON.parse(data);
      if (message.type === "ready") begin();
      else if (message.type === "speech") speechOf = message.itemId;
      else if (message.type === "audio") events.onAudio(message.itemId, decode(message.payload));
      else events.onMessage(message);
    };
    socket.onclose = () =>
      reject(new Refusal("not_connected", "The server did not take the call. Start again."));

    function begin(): void {
      socket.onclose = () => events.onClose();
      resolve({ send, sendAudio: write, close: () => socket.close(1000) });
    }
  });

  function write(data: string | ArrayBuffer): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  }
}

function decode(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer;
}
