export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

export interface FrameShape {
  readonly opcode?: number;
  readonly final?: boolean;
  /** The bits of extensions. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** What the header says, in place of the payload's length. */
  readonly announcedBytes?: number;
}

/** A frame as a server sends it, or as none should. */
export function serverFrame(
  payload: string | Uint8Array = "",
  { opcode = TEXT, final = true, reserved = 0, masked = false, announcedBytes }: FrameShape = {},
): Uint8Array<ArrayBuffer> {
  const data = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const length = announcedBytes ?? data.length;
  const size = new DataView(new ArrayBuffer(8));
  size.setBigUint64(0, BigInt(length));
  const bytes = [...new Uint8Array(size.buffer)];
  const mask = masked ? 0x80 : 0;
  const announced = length < 126
    ? [mask | length]
    : length < 65_536
    ? [mask | 126, ...bytes.slice(6)]
    : [mask | 127, ...bytes];
  const head = [(final ? 0x80 : 0) | reserved << 4 | opcode, ...announced];
  const frame = new Uint8Array(head.length + (masked ? 4 : 0) + data.length);
  frame.set(head);
  frame.set(data, frame.length - data.length);
  return frame;
}

export function closeFrame(code: number, reason = ""): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(reason);
  return serverFrame(Uint8Array.of(code >> 8, code & 0xff, ...text), { opcode: CLOSE });
}
