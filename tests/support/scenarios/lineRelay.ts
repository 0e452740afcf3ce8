/** A message of a media stream's, as JSON. */
export interface StreamMessage {
  readonly event?: unknown;
  readonly media?: { readonly payload?: unknown };
  readonly [field: string]: unknown;
}

/** Gets what the server sends to a caller, and passes it on: at once, later, more than once, or not at all. */
export type ToCaller = (message: StreamMessage, pass: (message: StreamMessage) => void) => void;

/** Stands between the simulated carrier and the server. */
export interface LineRelay extends AsyncDisposable {
  readonly origin: string;
}

/**
 * Starts a relay on a free loopback port; each media stream has a `ToCaller` of its own, and what the server answers to
 * other requests may be changed.
 */
export function startLineRelay(
  server: string,
  newToCaller: () => ToCaller,
  answered: (path: string, answer: Response) => Promise<Response> = (_, answer) =>
    Promise.resolve(answer),
): LineRelay {
  const stopped = new AbortController();
  const listener = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: stopped.signal, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const target = new URL(pathname + search, server);
      if (request.headers.get("upgrade") !== null) return joined(request, target, newToCaller());
      const { method, headers } = request;
      const body = method === "POST" ? await request.arrayBuffer() : null;
      const answer = await fetch(target, { method, headers, body, redirect: "manual" });
      return await answered(pathname, answer);
    },
  );
  return {
    origin: `http://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await listener.finished;
    },
  };
}

function joined(request: Request, target: URL, toCaller: ToCaller): Response {
  target.protocol = "ws:";
  const signature = request.headers.get("x-twilio-signature") ?? "";
  const { socket: carrier, response } = Deno.upgradeWebSocket(request);
  const server = new WebSocket(target, { headers: { "x-twilio-signature": signature } });
  const waiting: string[] = [];
  const pass = (text: string) => {
    if (carrier.readyState === WebSocket.OPEN) carrier.send(text);
  };
  server.onopen = () => {
    for (const text of waiting.splice(0)) server.send(text);
  };
  carrier.onmessage = ({ data }) => {
    if (server.readyState === WebSocket.OPEN) server.send(data);
    else if (server.readyState === WebSocket.CONNECTING) waiting.push(data);
  };
  server.onmessage = ({ data }) => {
    toCaller(JSON.parse(data), (message) => pass(JSON.stringify(message)));
  };
  server.onclose = () => carrier.close(1000);
  carrier.onclose = () => server.close(1000);
  return response;
}
