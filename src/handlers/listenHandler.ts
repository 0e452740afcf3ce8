import { encodeListened, listenCodes, type ListenedSound } from "../protocol/listen.ts";
import type { WatchSocket } from "../utils/http/fragmentGuard.ts";

export interface ListenHandlerDeps {
  /** Aborts when the key is no longer valid. */
  readonly signal: AbortSignal;
  /** Called once, when the socket is closed or was never opened. */
  readonly onClose: () => void;
  readonly watch?: WatchSocket | undefined;
}

/** Some four seconds of sound: who reads no faster hears nothing of use. */
const MAX_BUFFERED_BYTES = 64 * 1024;

/** Handles the socket of a listener to a call. */
export function handleListenSocket(
  socket: WebSocket,
  { signal, onClose, watch }: ListenHandlerDeps,
) {
  let isClosed = false;
  socket.onclose = closed;
  socket.onerror = closed;
  // Listeners send nothing: messages would only fill memory.
  socket.onmessage = () => close(listenCodes.refused, "nothing_expected");
  watch?.(socket, closed);
  signal.addEventListener("abort", () => close(listenCodes.refused, "key_invalid"), { once: true });
  if (signal.aborted) close(listenCodes.refused, "key_invalid");

  function closed(): void {
    if (isClosed) return;
    isClosed = true;
    onClose();
  }

  function close(code: number, reason: string): void {
    if (socket.readyState === WebSocket.OPEN) socket.close(code, reason);
    else if (socket.readyState === WebSocket.CONNECTING) {
      socket.onopen = () => socket.close(code, reason);
    }
    closed();
  }

  return {
    /** Left out until the socket is open. */
    hear(sound: ListenedSound): void {
      if (isClosed || socket.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount > MAX_BUFFERED_BYTES) return close(listenCodes.slow, "too_slow");
      socket.send(encodeListened(sound));
    },
    end: (why: "ended" | "moved"): void => close(listenCodes[why], why),
  };
}
