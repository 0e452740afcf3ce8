import { WebSocketClient } from "../../../utils/webSocket/webSocketClient.ts";

interface RelayListener {
  readonly signal: AbortSignal;
  /** Both ends are connected. */
  onOpen(): void;
  /** The other server did not let the request in; 0 where it did not answer. */
  onRefused(status: number, body: string): void;
  onModel(text: string): void;
}

const LIMITS = { maxMessageBytes: 64 * 2 ** 20, endTimeoutMs: 400 };

/**
 * Connects a request for a WebSocket with another server, and passes on what either says. Where that refuses, its
 * answer is passed on in the place of the upgrade.
 */
export function relaySocket(
  request: Request,
  target: URL,
  headers: Readonly<Record<string, string>>,
  { signal, onOpen, onRefused, onModel }: RelayListener,
): Promise<Response> {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const waiting: string[] = [];
  let socket: WebSocket | undefined;
  const send = (text: string) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(text);
    else waiting.push(text);
  };
  const end = (code: number, reason: string) => {
    signal.removeEventListener("abort", stop);
    if (socket === undefined || socket.readyState > WebSocket.OPEN) return;
    socket.close(code === 1000 || code >= 3000 ? code : 1011, reason.slice(0, 100));
  };
  const upstream = new WebSocketClient({ url: target.href, headers }, {
    onOpen() {
      const upgraded = Deno.upgradeWebSocket(request);
      socket = upgraded.socket;
      socket.onopen = () => {
        onOpen();
        for (const text of waiting.splice(0)) send(text);
      };
      socket.onmessage = ({ data }) => {
        if (typeof data === "string") upstream.send(data);
      };
      socket.onclose = () => {
        signal.removeEventListener("abort", stop);
        upstream.close();
      };
      resolve(upgraded.response);
    },
    onMessage(text) {
      if (text === undefined) return;
      onModel(text);
      send(text);
    },
    onClose(ending) {
      if (ending.type === "lost") return end(ending.code, ending.reason);
      const answer = ending.type === "refused" ? ending.answer : undefined;
      onRefused(answer?.status ?? 0, answer?.body ?? "");
      resolve(
        answer === undefined
          ? new Response("The model cannot be reached.", { status: 502 })
          : new Response(answer.body, { status: answer.status }),
      );
    },
  }, LIMITS);
  const stop = () => {
    upstream.close();
    end(1001, "The rehearsal is over.");
    resolve(new Response("The rehearsal is over.", { status: 503 }));
  };
  signal.addEventListener("abort", stop, { once: true });
  return promise;
}
