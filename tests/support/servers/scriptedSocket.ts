import { createHash } from "node:crypto";

/** A server of WebSockets that is played byte by byte, to do what no proper server would. */
export interface ScriptedSockets extends Disposable {
  readonly url: string;
  /** The next connection. */
  accept(): Promise<ScriptedSocket>;
}

export interface ScriptedSocket extends Disposable {
  /** The request for the upgrade, up to its empty line. */
  request(): Promise<string>;
  /** Accepts the upgrade; `headers` are lines of their own. */
  upgrade(headers?: readonly string[], rest?: Uint8Array): Promise<void>;
  write(data: string | Uint8Array): Promise<void>;
  /** The next bytes; undefined at the end of the connection. */
  read(): Promise<Uint8Array | undefined>;
  /** The next frame, unmasked; undefined at the end of the connection. */
  frame(): Promise<{ readonly opcode: number; readonly payload: Uint8Array } | undefined>;
}

/** Listens on a free port of loopback. */
export function startScriptedSockets(
  listen: (options: { hostname: string; port: number }) => Deno.Listener = Deno.listen,
): ScriptedSockets {
  const listener = listen({ hostname: "127.0.0.1", port: 0 });
  const { addr } = listener;
  if (addr.transport !== "tcp") throw new Error("Cannot name the port of this listener");
  return {
    url: `ws://127.0.0.1:${addr.port}/path?query=1`,
    accept: async () => scripted(await listener.accept()),
    [Symbol.dispose]: () => listener.close(),
  };
}

function scripted(connection: Deno.Conn): ScriptedSocket {
  let received = new Uint8Array();
  const more = async (): Promise<boolean> => {
    const buffer = new Uint8Array(65_536);
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return false;
    const joined = new Uint8Array(received.length + count);
    joined.set(received);
    joined.set(buffer.subarray(0, count), received.length);
    received = joined;
    return true;
  };
  const taken = (count: number): Uint8Array => {
    const bytes = received.slice(0, count);
    received = received.slice(count);
    return bytes;
  };
  const write = async (data: string | Uint8Array): Promise<void> => {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  };
  const request = async (): Promise<string> => {
    for (;;) {
      // A character for each byte.
      const text = String.fromCharCode(...received);
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        taken(end + 4);
        return text.slice(0, end + 4);
      }
      if (!await more()) throw new Error("Cannot read a request: the connection has ended");
    }
  };
  return {
    request,
    write,
    async upgrade(headers = [], rest = new Uint8Array()) {
      const accept = acceptanceOf(await request());
      const head = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Accept: ${accept}`,
        ...headers,
      ].join("\r\n");
      await write(Uint8Array.of(...new TextEncoder().encode(`${head}\r\n\r\n`), ...rest));
    },
    read: async () => received.length > 0 || await more() ? taken(received.length) : undefined,
    async frame() {
      for (;;) {
        const length = frameLength(received);
        if (length !== undefined) return unmasked(taken(length));
        if (!await more()) return undefined;
      }
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

/** What a server has to answer to the key of a request. */
export function acceptanceOf(request: string): string {
  const key = /^sec-websocket-key: (.*)\r$/im.exec(request)?.[1] ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** Of the whole frame at the beginning; undefined while it has not come. */
function frameLength(bytes: Uint8Array): number | undefined {
  const short = (bytes[1] ?? 0) & 0x7f;
  const headBytes = headBytesOf(short);
  if (bytes.length < headBytes) return undefined;
  const payloadBytes = short < 126
    ? short
    : bytes.subarray(2, headBytes - 4).reduce((sum, byte) => sum * 256 + byte, 0);
  return bytes.length < headBytes + payloadBytes ? undefined : headBytes + payloadBytes;
}

function unmasked(frame: Uint8Array): { readonly opcode: number; readonly payload: Uint8Array } {
  const [first = 0, second = 0] = frame;
  if ((second & 0x80) === 0) throw new Error("Cannot read a client's frame: it has no mask");
  const headBytes = headBytesOf(second & 0x7f);
  const mask = frame.subarray(headBytes - 4, headBytes);
  const payload = frame.slice(headBytes).map((byte, at) => byte ^ mask[at % 4]!);
  return { opcode: first & 15, payload };
}

/** With the mask. */
function headBytesOf(shortLength: number): number {
  return (shortLength < 126 ? 2 : shortLength === 126 ? 4 : 10) + 4;
}
