export const textFrame = 0x1;
export const continuation = 0x0;

/** A WebSocket written byte by byte, to send what no proper client would. */
export interface RawSocket extends Disposable {
  /** The handshake's answer. */
  readonly answer: string;
  frame(payload: string | Uint8Array, options?: FrameOptions): Promise<void>;
  bytes(data: Uint8Array): Promise<void>;
  /** The code of the server's close frame; undefined where the connection ends without one. */
  closeCode(): Promise<number | undefined>;
}

export interface FrameOptions {
  readonly opcode?: number;
  readonly final?: boolean;
  readonly masked?: boolean;
}

export async function openRawSocket(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawSocket> {
  const { hostname, port, host } = new URL(origin);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = Object.entries({
    Host: host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  await writeAll(connection, encoder.encode(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`));
  let received: Uint8Array = new Uint8Array();
  const readMore = async () => {
    const buffer = new Uint8Array(65_536);
    const length = await connection.read(buffer).catch(() => null);
    if (length === null) return false;
    received = Uint8Array.from([...received, ...buffer.subarray(0, length)]);
    return true;
  };
  let end = -1;
  do {
    if (!await readMore()) break;
    end = decoder.decode(received).indexOf("\r\n\r\n");
  } while (end < 0);
  const answer = decoder.decode(received.subarray(0, Math.max(0, end)));
  received = received.subarray(end + 4);

  return {
    answer,
    bytes: (data) => writeAll(connection, data),
    frame: (payload, options) => writeAll(connection, encodeFrame(payload, options)),
    async closeCode() {
      for (;;) {
        for (const { opcode, payload, rest } of framesIn(received)) {
          received = rest;
          if (opcode === 0x8) {
            return payload.length < 2 ? undefined : payload[0]! << 8 | payload[1]!;
          }
        }
        if (!await readMore()) return undefined;
      }
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

function encodeFrame(
  payload: string | Uint8Array,
  { opcode = textFrame, final = true, masked = true }: FrameOptions = {},
): Uint8Array {
  const data = typeof payload === "string" ? encoder.encode(payload) : payload;
  const { length } = data;
  const size = length < 126
    ? [length]
    : length < 65_536
    ? [126, length >> 8, length & 255]
    : [127, 0, 0, 0, 0, length >>> 24, length >>> 16 & 255, length >>> 8 & 255, length & 255];
  size[0]! |= masked ? 0x80 : 0;
  const mask = masked ? [0, 0, 0, 0] : [];
  const head = [(final ? 0x80 : 0) | opcode, ...size, ...mask];
  const frame = new Uint8Array(head.length + length);
  frame.set(head);
  frame.set(data, head.length);
  return frame;
}

function* framesIn(bytes: Uint8Array) {
  let rest = bytes;
  while (rest.length >= 2) {
    const short = rest[1]! & 127;
    const headLength = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (rest.length < headLength) return;
    const length = short < 126
      ? short
      : rest.subarray(2, headLength).reduce((sum, byte) => sum * 256 + byte, 0);
    if (rest.length < headLength + length) return;
    const opcode = rest[0]! & 15;
    const payload = rest.subarray(headLength, headLength + length);
    rest = rest.subarray(headLength + length);
    yield { opcode, payload, rest };
  }
}

/** A peer that has closed is no fault of the test's: what it said before is still to be read. */
async function writeAll(connection: Deno.Conn, data: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < data.length;) at += await connection.write(data.subarray(at));
  } catch (error) {
    const gone = [
      Deno.errors.BrokenPipe,
      Deno.errors.ConnectionReset,
      Deno.errors.ConnectionAborted,
    ];
    if (!gone.some((kind) => error instanceof kind)) throw error;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
