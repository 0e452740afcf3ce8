import { connect as connectTcp } from "node:net";

export interface AnswerByHand {
  readonly status: number;
  readonly code: string | undefined;
  /** The lines of its head, as they came. */
  readonly head: string;
}

/** A WebSocket's handshake, but for its protocols. */
export const handshake: readonly string[] = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

/** Sends a request of exactly these lines behind `Host`; the socket is closed after the answer. */
export function sendLines(
  origin: string,
  request: string,
  lines: readonly string[],
  host = new URL(origin).host,
): Promise<AnswerByHand> {
  const { hostname, port } = new URL(origin);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connectTcp({ host: hostname, port: Number(port) });
  let text = "";
  socket.on("error", reject).on("close", () => resolve(text)).on("data", (data) => {
    text += data.toString("latin1");
    if (text.startsWith("HTTP/1.1 101") ? text.includes("\r\n\r\n") : isWhole(text)) {
      socket.destroy();
    }
  });
  socket.write(`${request} HTTP/1.1\r\n${[`Host: ${host}`, ...lines].join("\r\n")}\r\n\r\n`);
  return promise.then((answer) => ({
    status: Number(answer.slice(9, 12)),
    code: /"code":"(\w+)"/.exec(answer)?.[1],
    head: answer.slice(0, answer.indexOf("\r\n\r\n")),
  }));
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /^content-length: (\d+)/im.exec(answer.slice(0, end))?.[1];
  return length === undefined || answer.length >= end + 4 + Number(length);
}
