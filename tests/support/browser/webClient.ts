import type { ClientMessage, ServerMessage } from "../../../src/protocol/web.ts";
import { Inbox } from "../inbox.ts";
import type { WebServer } from "../servers/webServer.ts";
import type { RecordingSession } from "../call/recordingSession.ts";

type Received = ServerMessage | { readonly type: "binary"; readonly bytes: Uint8Array };

export interface WebClient {
  readonly inbox: Inbox<Received>;
  readonly closed: Promise<CloseEvent>;
  get<Type extends Received["type"]>(type: Type): Promise<Extract<Received, { type: Type }>>;
  send(message: ClientMessage): void;
  sendRaw(data: string | Uint8Array<ArrayBuffer>): void;
  /** Hangs up, unless another code says otherwise. */
  close(code?: number): Promise<CloseEvent>;
}

/** Connects as the page does; resolves when the call has joined. */
export async function callFromClient(
  server: WebServer,
): Promise<{ readonly client: WebClient; readonly call: RecordingSession }> {
  const next = server.nextCall();
  const client = openClient(server, await server.token());
  await client.get("ready");
  return { client, call: await next };
}

export function openClient(
  server: Pick<WebServer, "origin">,
  token: string,
  headers: Readonly<Record<string, string>> = {},
): WebClient {
  return openSocket(server, `token.${token}`, headers);
}

/** Comes back to a call. */
export function openResumed(server: Pick<WebServer, "origin">, resumeToken: string): WebClient {
  return openSocket(server, `resume.${resumeToken}`);
}

function openSocket(
  server: Pick<WebServer, "origin">,
  credential: string,
  headers: Readonly<Record<string, string>> = {},
): WebClient {
  const url = `${server.origin.replace("http", "ws")}/web`;
  const socket = new WebSocket(url, {
    protocols: ["parley.v1", credential],
    headers: { origin: server.origin, ...headers },
  });
  const inbox = new Inbox<Received>();
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data === "string") inbox.add(JSON.parse(data));
    else inbox.add({ type: "binary", bytes: new Uint8Array(data) });
  };
  return {
    inbox,
    closed,
    get<Type extends Received["type"]>(type: Type) {
      return inbox.find((message): message is Extract<Received, { type: Type }> =>
        message.type === type
      );
    },
    send: (message) => socket.send(JSON.stringify(message)),
    sendRaw: (data) => socket.send(data),
    close(code = 1000) {
      socket.close(code);
      return closed;
    },
  };
}
