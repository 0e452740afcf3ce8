import { LISTEN_PROTOCOL } from "../../src/protocol/listen.ts";
import { type HeardSound, readHeardSound } from "../../src/web/live/heardSound.ts";
import type { ServedApp } from "./servers/phoneServer.ts";
import { until } from "./until.ts";

/** Somebody who listens to a call over the real socket. */
export interface ListeningClient extends AsyncDisposable {
  readonly sounds: readonly HeardSound[];
  /** All of one side so far, as levels from -1 to 1. */
  side(side: Side): Float32Array;
  /** Waits until a side has been heard for so long, beyond what was heard before `fromMs` of the call. */
  hears(side: Side, ms: number, fromMs?: number): Promise<void>;
  readonly closed: Promise<CloseEvent>;
}

type Side = "caller" | "agent";
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
  const sounds: HeardSound[] = [];
  socket.onmessage = ({ data }) => {
    const sound = data instanceof ArrayBuffer ? readHeardSound(data) : undefined;
    if (sound !== undefined) sounds.push(sound);
  };
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("Cannot listen: the socket was refused"));
  });
  const sideOf = (side: Side, of: readonly HeardSound[]) =>
    Float32Array.from(of.flatMap((sound) => [...sound[side]]));
  return {
    sounds,
    side: (side) => sideOf(side, sounds),
    async hears(side, ms, fromMs = 0) {
      const soundMs = () => loudMs(sideOf(side, sounds.filter(({ atMs }) => atMs >= fromMs)));
      await until(soundMs, (heardMs) => heardMs >= ms);
    },
    closed,
    async [Symbol.asyncDispose]() {
      if (socket.readyState <= WebSocket.OPEN) socket.close(1000);
      await closed;
    },
  };
}

/** How much of a sound at 8 kHz is no silence. */
export function loudMs(levels: Float32Array | Int16Array): number {
  return levels.filter((level) => level !== 0).length / 8;
}
