import { Inbox } from "../inbox.ts";

/** A client event as it came over the wire. */
export interface ClientFrame {
  readonly type: string;
  // deno-lint-ignore no-explicit-any -- tests read what they expect
  readonly [field: string]: any;
}

/** One accepted socket: the test plays the server. */
export class ScriptedSession {
  readonly frames = new Inbox<ClientFrame>();
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, readonly url: URL, readonly headers: Headers) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.frames.add(JSON.parse(data));
    this.closed = new Promise((resolve) => {
      socket.onclose = ({ code, reason }) => resolve({ code, reason });
    });
  }

  say(event: Readonly<Record<string, unknown>>): void {
    this.sayRaw(JSON.stringify(event));
  }

  sayRaw(frame: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(frame);
  }

  /** The nth event of a type, from the first. */
  async nth(type: string, index = 0): Promise<ClientFrame> {
    const of = (all: readonly ClientFrame[]) => all.filter((frame) => frame.type === type);
    return of(await this.frames.when((all) => of(all).length > index))[index]!;
  }

  first(type: string): Promise<ClientFrame> {
    return this.nth(type);
  }

  /** Confirms the set-up as the real server does. */
  async confirm(session: Readonly<Record<string, unknown>> = {}): Promise<void> {
    this.say({ type: "session.created", session });
    await this.first("session.update");
    this.say({ type: "session.updated", session });
  }

  close(code: number, reason = ""): void {
    this.#socket.close(code, reason);
  }

  refuse(frame: ClientFrame, error: Readonly<Record<string, unknown>>): void {
    this.say({ type: "error", error: { message: "no", ...error, event_id: frame.event_id } });
  }
}

/** A Realtime server that does nothing by itself. */
export interface ScriptedRealtime extends AsyncDisposable {
  readonly url: string;
  /** Plain requests that came. */
  readonly requests: readonly Request[];
  /** The nth socket that was accepted, from the first. */
  session(index?: number): Promise<ScriptedSession>;
}

export function startScriptedRealtime(
  { answer = () => undefined }: {
    /** Answers a request, a handshake included, instead of accepting it. */
    readonly answer?: (request: Request, isHandshake: boolean) => Response | undefined;
  } = {},
): ScriptedRealtime {
  const sessions = new Inbox<ScriptedSession>();
  const requests: Request[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const isHandshake = request.headers.get("upgrade") === "websocket";
    if (!isHandshake) requests.push(request);
    const answered = answer(request, isHandshake);
    if (answered) return answered;
    if (!isHandshake) return new Response(null, { status: 404 });
    const [url, headers] = [new URL(request.url), new Headers(request.headers)];
    const { socket, response } = Deno.upgradeWebSocket(request);
    const session = new ScriptedSession(socket, url, headers);
    socket.onopen = () => sessions.add(session);
    return response;
  });
  return {
    url: `ws://127.0.0.1:${server.addr.port}/v1/realtime`,
    requests,
    async session(index = 0) {
      return (await sessions.when((all) => all.length > index))[index]!;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(sessions.all.map((session) => (session.close(1000), session.closed)));
      await server.shutdown();
    },
  };
}
