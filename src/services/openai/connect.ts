import type { ModelLoss } from "../../call/realtimeClient.ts";
import type { ConnectionOptions } from "./connectionOptions.ts";
import { diagnoseHandshake } from "./handshakeDiagnosis.ts";
import { type LossDetails, lossOfClose, lossOfStatus } from "./modelLoss.ts";
import type { ModelSocket, SocketClosure, SocketListener, SocketTarget } from "./socket.ts";

interface ConnectOptions
  extends Pick<ConnectionOptions, "openSocket" | "connectTimeoutMs" | "fetch"> {
  /** Ends the waiting for the handshake, and for the reason of its failure. */
  readonly signal: AbortSignal;
}

type ConnectListener = Omit<SocketListener, "onClose"> & {
  /** Only the first counts. */
  onLost(loss: ModelLoss, details?: LossDetails): void;
};

/**
 * Opens a socket within a time limit, and explains its loss: by how it was closed, by the answer to the
 * handshake, or else by asking over plain HTTP.
 */
export function connect(
  target: SocketTarget,
  { onOpen, onMessage, onLost }: ConnectListener,
  { openSocket, connectTimeoutMs, fetch, signal }: ConnectOptions,
): ModelSocket {
  const timer = setTimeout(() => onLost(TIMED_OUT), connectTimeoutMs);
  signal.addEventListener("abort", () => clearTimeout(timer));
  return openSocket(target, {
    onOpen(serverDateMs) {
      clearTimeout(timer);
      onOpen(serverDateMs);
    },
    onMessage,
    onClose,
  });

  function onClose(closure: SocketClosure): void {
    if (closure.type === "unusable") return onLost(UNUSABLE);
    if (closure.type === "lost") {
      const { code, reason } = closure;
      return onLost(lossOfClose(code, reason), { message: reason });
    }
    if (closure.status !== undefined) {
      const { error, type: _, ...answer } = closure;
      return onLost(lossOfStatus(closure.status, error?.code), { ...error, ...answer });
    }
    diagnoseHandshake(target, { fetch, signal })
      .then(({ loss, ...details }) => onLost(loss, details));
  }
}

const UNUSABLE: ModelLoss = { code: "invalid_request", retry: "no" };
const TIMED_OUT: ModelLoss = { code: "timeout", retry: "backoff" };
