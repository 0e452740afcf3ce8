import { present } from "../../utils/present.ts";
import { WebSocketClient, type WebSocketEnd } from "../../utils/webSocket/webSocketClient.ts";
import { abandonedHandshakes } from "../../utils/webSocket/dial.ts";
import { errorIn } from "./modelLoss.ts";
import { openNativeSocket } from "./nativeSocket.ts";
import { retryAfterMsOf } from "./retryHint.ts";
import type { ModelSocket, SocketClosure, SocketListener, SocketTarget } from "./socket.ts";

/**
 * Opens a socket whose frames leave at once, and which says why a handshake was refused. After many
 * servers that do not finish a TLS handshake, it is Deno's own, which then loses no file descriptor.
 */
export function openNoDelaySocket(target: SocketTarget, listener: SocketListener): ModelSocket {
  if (target.url.startsWith("wss:") && abandonedHandshakes() >= MAX_ABANDONED_HANDSHAKES) {
    return openNativeSocket(target, listener);
  }
  return new WebSocketClient(target, {
    onOpen: (headers) => listener.onOpen(serverDateMsOf(headers)),
    onMessage: (text) => listener.onMessage(text),
    onClose: (end) => listener.onClose(closureOf(end)),
  }, { maxMessageBytes: MAX_MESSAGE_BYTES, endTimeoutMs: END_TIMEOUT_MS });
}

/** One delta may hold a whole reply; Deno's own socket takes as much. */
const MAX_MESSAGE_BYTES = 64 * 2 ** 20;
const END_TIMEOUT_MS = 400;
const MAX_ABANDONED_HANDSHAKES = 32;

function serverDateMsOf(headers: Headers): number | undefined {
  const dateMs = Date.parse(headers.get("date") ?? "");
  return Number.isFinite(dateMs) ? dateMs : undefined;
}

function closureOf(end: WebSocketEnd): SocketClosure {
  if (end.type !== "refused" || end.answer === undefined) return end;
  const { status, headers, body } = end.answer;
  const error = errorIn(body);
  const retryAfterMs = retryAfterMsOf(headers.get("retry-after") ?? undefined);
  return { type: "refused", status, ...present({ error, retryAfterMs }) };
}
