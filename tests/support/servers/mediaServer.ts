import type { CallSession } from "../../../src/call/sessionApi.ts";
import { handleTwilioSocket, type TwilioHandlerDeps } from "../../../src/handlers/twilioHandler.ts";
import { Inbox } from "../inbox.ts";

export const callSid = `CA${"0".repeat(32)}`;
export const streamSid = `MZ${"0".repeat(32)}`;

/** A `start` message as Twilio writes it. */
export function startMessage(
  { token = "right", encoding = "audio/x-mulaw", sampleRate = 8000, sid = callSid }: {
    readonly token?: string;
    readonly encoding?: string;
    readonly sampleRate?: number;
    readonly sid?: string;
  } = {},
): string {
  return JSON.stringify({
    event: "start",
    sequenceNumber: "1",
    streamSid,
    start: {
      accountSid: `AC${"0".repeat(32)}`,
      streamSid,
      callSid: sid,
      tracks: ["inbound"],
      mediaFormat: { encoding, sampleRate, channels: 1 },
      customParameters: { token },
    },
  });
}

/** A `media` message; whatever is given replaces what Twilio would write. */
export function mediaMessage(media: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    event: "media",
    sequenceNumber: "2",
    streamSid,
    media: { track: "inbound", chunk: "1", timestamp: "20", payload: "/////w==", ...media },
  });
}

/** Twilio's end of a media stream. */
export interface MediaClient {
  readonly received: readonly unknown[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  /** The next message from the server. */
  next(): Promise<unknown>;
  close(): void;
}

export interface MediaServer {
  connect(): Promise<MediaClient>;
  /** Waits until so many messages of all clients were handled. */
  handled(count: number): Promise<void>;
  readonly logged: { readonly message: string; readonly fields: unknown }[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves media sockets with the handler under test; every token is one session's, once. */
export function startMediaServer(
  sessions: Readonly<Record<string, CallSession>>,
  { opensAfter, claimedAfter, ...options }:
    & Partial<Pick<TwilioHandlerDeps, "limits" | "isAway" | "onEnded">>
    & { readonly opensAfter?: Promise<void>; readonly claimedAfter?: Promise<void> } = {},
): MediaServer {
  const left = new Map(Object.entries(sessions));
  const logged: { message: string; fields: unknown }[] = [];
  const log = (message: string, fields: unknown) => void logged.push({ message, fields });
  const clients = new Set<WebSocket>();
  const handled = new Inbox<undefined>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      handleTwilioSocket(socket, {
        claim({ token, callSid: sid }) {
          const session = sid === callSid ? left.get(token) : undefined;
          left.delete(token);
          return session && claimedAfter ? claimedAfter.then(() => session) : session;
        },
        log: { info: log, warn: log },
        ...options,
      });
      socket.addEventListener("message", () => handled.add(undefined));
      await opensAfter;
      return response;
    },
  );

  return {
    logged,
    async handled(count) {
      for (let seen = 0; seen < count; seen++) await handled.take();
    },
    async connect() {
      const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/media`);
      clients.add(socket);
      const received = new Inbox<unknown>();
      socket.onmessage = ({ data }) => received.add(JSON.parse(data));
      const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
      await new Promise((resolve) => socket.onopen = resolve);
      return {
        received: received.all,
        closed,
        send: (data) => socket.send(data),
        next: () => received.take(),
        close: () => socket.close(),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const socket of clients) if (socket.readyState < WebSocket.CLOSING) socket.close();
      await server.shutdown();
    },
  };
}
