/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import { delay } from "../delay.ts";
import { type HeardSound, readHeardSound } from "./heardSound.ts";

/** Why nothing more is heard. */
export type ListeningOver = "ended" | "refused" | "lost" | "slow";

interface ListenToken {
  readonly token: string;
  readonly protocol: string;
}

/** The call goes on in another process: another token is asked for. */
const MOVED = 1012;
const OVER: Readonly<Record<number, ListeningOver>> = {
  1000: "ended",
  1008: "refused",
  1013: "slow",
};
/** A process that takes a call over has it within some seconds. */
const AGAIN_MS = 1000;
const MAX_AGAIN = 10;

/**
 * Hears a call until the signal is aborted, or resolves with why nothing more is heard. Goes on where the call goes
 * on in another process. Throws `RequestError`.
 */
export async function hearCall(
  callId: string,
  { onSound, signal }: {
    readonly onSound: (sound: HeardSound) => void;
    readonly signal: AbortSignal;
  },
): Promise<ListeningOver> {
  for (let again = 0;; again++) {
    let hasHeard = false;
    let given: ListenToken;
    try {
      const path = `/api/calls/${callId}/listen`;
      given = await fetchApiJson<ListenToken>(path, { method: "POST", signal });
    } catch (error) {
      if (again === 0 || again >= MAX_AGAIN || !isPassing(error)) throw error;
      await delay(AGAIN_MS, signal);
      continue;
    }
    const { token, protocol } = given;
    const code = await hearOnce(callId, [protocol, `token.${token}`], {
      signal,
      onSound(sound) {
        hasHeard = true;
        onSound(sound);
      },
    });
    if (hasHeard) again = 0;
    const over = OVER[code];
    if (over !== undefined || signal.aborted) return over ?? "ended";
    if (code !== MOVED && !hasHeard || again >= MAX_AGAIN) return "lost";
    await delay(AGAIN_MS, signal);
  }
}

/** While one process stops and another takes its calls. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof RequestError)) return false;
  return error.status === 0 || error.status === 503 || error.code === "call_not_here";
}

function hearOnce(
  callId: string,
  protocols: string[],
  { onSound, signal }: {
    readonly onSound: (sound: HeardSound) => void;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const url = new URL(`/api/calls/${callId}/listen`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  const stop = () => socket.close(1000);
  signal.addEventListener("abort", stop, { once: true });
  return new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      const sound = data instanceof ArrayBuffer ? readHeardSound(data) : undefined;
      if (sound !== undefined && !signal.aborted) onSound(sound);
    };
    socket.onclose = ({ code }) => {
      signal.removeEventListener("abort", stop);
      resolve(code);
    };
  });
}
