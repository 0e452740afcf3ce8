import type { OpenSocket } from "../../../src/services/openai/socket.ts";

export interface OneWayPlan {
  readonly open: OpenSocket;
  /** Where the server listens, and where the client finds it. */
  readonly near: string;
  readonly far: string;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly messageBytes: number;
  readonly messages: number;
}

/** Sends messages every 20 ms, as a caller does; how long each was on its way, in milliseconds. */
export async function measureOneWay(
  { open, near, far, tls, messageBytes, messages }: OneWayPlan,
): Promise<readonly number[]> {
  const sentAt: number[] = [];
  const takenMs: number[] = [];
  const all = Promise.withResolvers<void>();
  await using server = Deno.serve({ hostname: near, port: 0, onListen() {}, ...tls }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => {
      takenMs.push(performance.now() - sentAt[parseInt(data)]!);
      if (takenMs.length === messages + UNCOUNTED) all.resolve();
    };
    return response;
  });
  const opened = Promise.withResolvers<void>();
  const url = `${tls === undefined ? "ws" : "wss"}://${far}:${server.addr.port}/`;
  const socket = open({ url, headers: {} }, {
    onOpen: () => opened.resolve(),
    onMessage() {},
    onClose: (closure) => opened.reject(new Error(`Cannot connect: ${closure.type}`)),
  });
  await opened.promise;
  const speaking = setInterval(() => {
    const index = sentAt.push(performance.now()) - 1;
    socket.send(`${index} `.padEnd(messageBytes, "x"));
    if (sentAt.length === messages + UNCOUNTED) clearInterval(speaking);
  }, 20);
  await all.promise;
  socket.close();
  return takenMs.slice(UNCOUNTED);
}

/** While the connection is young, kernels acknowledge at once. */
const UNCOUNTED = 25;
