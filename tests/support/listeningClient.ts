import { decodeListened, LISTEN_PROTOCOL, type ListenedSound } from "../../src/protocol/listen.ts";
import type { ServedApp } from "./servers/phoneServer.ts";
import { until } from "./until.ts";

/** Somebody who listens to a call over the real socket. */
export interface ListeningClient extends AsyncDisposable {
  readonly sounds: readonly ListenedSound[];
  /** All of one side so far: mu-law. */
  side(side: "caller" | "agent"): Uint8Array;
  /** Waits until a side has been heard for so long, beyond what was heard before `fromMs` of the call. */
  hears(side: "caller" | "agent", ms: number, fromMs?: number): Promise<void>;
  readonly closed: Promise<CloseEvent>;
}

type Asked = Pick<ServedApp, "request" | "origin">;

export function askToListen(server: Asked, callId: string, key: string): Promise<Response> {
  return server.request(`/api/calls/${callId}/listen`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}` },
  });
}

export async function listenTo(
  server: Asked,
  callId: string,
  key: string,
  at: Asked = server,
): Promise<ListeningClient> {
  const answer = await askToListen(server, callId, key);
  if (!answer.ok) throw new Error(`Cannot listen: ${await answer.text()}`);
  const { token } = await answer.json();
  const url = `${at.origin.replace("http", "ws")}/api/calls/${callId}/listen`;
  const socket = new WebSocket(url, [LISTEN_PROTOCOL, `token.${token}`]);
  socket.binaryType = "arraybuffer";
  const sounds: ListenedSound[] = [];
  socket.onmessage = ({ data }) => {
    const sound = data instanceof ArrayBuffer ? decodeListened(data) : undefined;
    if (sound !== undefined) sounds.push(sound);
  };
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("Cannot listen: the socket was refused"));
  });
  const sideOf = (side: "caller" | "agent", of: readonly ListenedSound[]) =>
    Uint8Array.from(
      of.flatMap(({ audio }) =>
        [...audio].filter((_, at) => at % 2 === (side === "agent" ? 1 : 0))
      ),
    );
  return {
    sounds,
    side: (side) => sideOf(side, sounds),
    async hears(side, ms, fromMs = 0) {
      const soundMs = () =>
        loud(sideOf(side, sounds.filter(({ atMs }) => atMs >= fromMs))).length / 8;
      await until(soundMs, (heardMs) => heardMs >= ms);
    },
    closed,
    async [Symbol.asyncDispose]() {
      if (socket.readyState <= WebSocket.OPEN) socket.close(1000);
      await closed;
    },
  };
}

/** The codes that are no silence. */
export function loud(audio: Uint8Array): Uint8Array {
  return audio.filter((code) => code !== 0xff && code !== 0x7f);
}
