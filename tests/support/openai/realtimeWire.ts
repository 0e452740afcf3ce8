import {
  type RealtimeServer,
  type RealtimeServerOptions,
  type RealtimeSession,
  startRealtimeServer,
} from "../../../src/sim/openai/realtimeServer.ts";
import { Inbox } from "../inbox.ts";

/** A server event as it came over the wire. */
export interface ServerFrame {
  readonly type: string;
  // deno-lint-ignore no-explicit-any -- tests read what they expect
  readonly [field: string]: any;
}

/** A raw client of a Realtime server, which sends what a test says and keeps all that it gets. */
export class RealtimeWire {
  readonly frames = new Inbox<ServerFrame>();
  /** Resolves once the handshake is decided. */
  readonly opened: Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.frames.add(JSON.parse(data));
    this.opened = new Promise((resolve) => {
      socket.onopen = () => resolve();
      socket.onerror = () => resolve();
    });
    this.closed = new Promise((resolve) => {
      socket.onclose = ({ code, reason }) => resolve({ code, reason });
    });
  }

  get types(): readonly string[] {
    return this.frames.all.map(({ type }) => type);
  }

  of(type: string): readonly ServerFrame[] {
    return this.frames.all.filter((frame) => frame.type === type);
  }

  send(event: Readonly<Record<string, unknown>> | string): void {
    this.#socket.send(typeof event === "string" ? event : JSON.stringify(event));
  }

  configure(session: Readonly<Record<string, unknown>>): void {
    this.send({ type: "session.update", session: { type: "realtime", ...session } });
  }

  type(text: string): void {
    const content = [{ type: "input_text", text }];
    this.send({
      type: "conversation.item.create",
      item: { type: "message", role: "user", content },
    });
    this.send({ type: "response.create" });
  }

  /** The nth event of a type, counted from 0; fails where it does not come. */
  async nth(type: string, index = 0): Promise<ServerFrame> {
    await this.frames.when(() => this.of(type).length > index);
    return this.of(type)[index]!;
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}

/** Connects to a server and waits for its first event. */
export async function connectRealtime(
  { url }: Pick<RealtimeServer, "url">,
  query: Readonly<Record<string, string>> = {},
): Promise<RealtimeWire> {
  const wire = openRealtime(url, query);
  await wire.nth("session.created");
  return wire;
}

/** Connects without waiting. */
export function openRealtime(
  url: string,
  query: Readonly<Record<string, string>> = {},
  key = "sk-test",
): RealtimeWire {
  const search = new URLSearchParams({ model: "gpt-realtime-2.1", ...query });
  const headers = { authorization: `Bearer ${key}` };
  return new RealtimeWire(new WebSocket(`${url}?${search}`, { headers }));
}

/** Starts a server that produces quickly, connects, runs, and closes both. */
export async function withRealtime(
  options: RealtimeServerOptions,
  run: (wire: RealtimeWire, server: RealtimeServer, session: RealtimeSession) => Promise<void>,
  query: Readonly<Record<string, string>> = {},
): Promise<void> {
  const server = startRealtimeServer({ speed: 100, ...options });
  const wire = openRealtime(server.url, query);
  try {
    await wire.opened;
    await run(wire, server, await server.nextSession());
  } finally {
    await wire.close();
    await server.close();
  }
}
