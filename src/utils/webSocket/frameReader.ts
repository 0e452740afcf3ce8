/** What a server sends over a WebSocket, messages whole. */
export type ServerFrame =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "binary" }
  | { readonly type: "ping"; readonly payload: Uint8Array }
  | { readonly type: "pong" }
  | { readonly type: "close"; readonly code: number; readonly reason: string };

/** What a server sends is no WebSocket protocol; `code` is what the connection is to be closed with. */
export class FrameError extends Error {
  override readonly name = "FrameError";
  constructor(readonly code: number, reason: string) {
    super(`Cannot read a frame: ${reason}`);
  }
}

/**
 * Reads the frames of a server (RFC 6455, section 5) from bytes as the network delivers them. Memory is
 * bounded by `maxMessageBytes`, whatever a header announces and however a message is fragmented.
 */
export class FrameReader {
  readonly #maxMessageBytes: number;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#buffer.buffer);
  #start = 0;
  #end = 0;
  /** Of the message that has begun; 0 where none has. */
  #opcode = 0;
  /** The beginning of a message that has not come as a whole. */
  #message = EMPTY;
  #messageBytes = 0;
  /** Of the data frame whose header has been read. */
  #isInFrame = false;
  #isFinal = false;
  #frameBytesLeft = 0;

  constructor({ maxMessageBytes }: { readonly maxMessageBytes: number }) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Where to put further bytes, which `took` then announces. All frames must have been read before. */
  get space(): Uint8Array<ArrayBuffer> {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    return this.#end === 0 ? this.#buffer : this.#buffer.subarray(this.#end);
  }

  took(count: number): void {
    this.#end += count;
  }

  /**
   * The next message or control frame; undefined where more bytes are needed. A payload is valid until
   * the next call. Throws a `FrameError`, after which nothing more can be read.
   */
  next(): ServerFrame | undefined {
    while (this.#isInFrame || this.#end - this.#start >= 2) {
      if (!this.#isInFrame) {
        const frame = this.#nextFrame();
        if (frame !== "data") return frame;
      }
      this.#takePayload();
      if (this.#isInFrame) return undefined;
      if (this.#isFinal) return this.#finish(this.#message.subarray(0, this.#messageBytes));
    }
    return undefined;
  }

  /** Reads a header; `data` where the payload of a message is to follow. */
  #nextFrame(): ServerFrame | "data" | undefined {
    const [start, available] = [this.#start, this.#end - this.#start];
    const first = this.#view.getUint8(start);
    const second = this.#view.getUint8(start + 1);
    const length = second & 0x7f;
    const headerBytes = length < 126 ? 2 : length === 126 ? 4 : 10;
    if (available < headerBytes) return undefined;
    if ((first & 0x70) !== 0) throw new FrameError(1002, "an extension that was not offered");
    if ((second & 0x80) !== 0) throw new FrameError(1002, "a server's frame with a mask");
    const opcode = first & 0x0f;
    const isFinal = (first & 0x80) !== 0;
    if (opcode >= 8) {
      if (!isFinal || length > 125) throw new FrameError(1002, "a control frame in parts");
      if (available < 2 + length) return undefined;
      this.#start += 2 + length;
      return controlFrame(opcode, this.#buffer.subarray(start + 2, start + 2 + length));
    }
    this.#begin(opcode);
    const payloadBytes = length < 126
      ? length
      : length === 126
      ? this.#view.getUint16(start + 2)
      : this.#view.getUint32(start + 2) * 2 ** 32 + this.#view.getUint32(start + 6);
    if (this.#messageBytes + payloadBytes > this.#maxMessageBytes) {
      throw new FrameError(1009, "a message over the limit");
    }
    this.#start += headerBytes;
    if (isFinal && this.#messageBytes === 0 && available >= headerBytes + payloadBytes) {
      const payload = this.#buffer.subarray(this.#start, this.#start + payloadBytes);
      this.#start += payloadBytes;
      return this.#finish(payload);
    }
    this.#isInFrame = true;
    this.#isFinal = isFinal;
    this.#frameBytesLeft = payloadBytes;
    return "data";
  }

  #begin(opcode: number): void {
    if (opcode === CONTINUATION ? this.#opcode === 0 : this.#opcode !== 0) {
      throw new FrameError(1002, "a message inside of another, or the rest of none");
    }
    if (opcode > BINARY) throw new FrameError(1002, "an unknown kind of frame");
    if (opcode !== CONTINUATION) this.#opcode = opcode;
  }

  #takePayload(): void {
    const count = Math.min(this.#frameBytesLeft, this.#end - this.#start);
    const needed = this.#messageBytes + count;
    if (needed > this.#message.length) this.#grow(needed);
    this.#message.set(
      this.#buffer.subarray(this.#start, this.#start + count),
      this.#messageBytes,
    );
    this.#messageBytes = needed;
    this.#start += count;
    this.#frameBytesLeft -= count;
    this.#isInFrame = this.#frameBytesLeft > 0;
  }

  /** At once to the announced length where that is small, else by doubling: an announcement is cheap. */
  #grow(neededBytes: number): void {
    const announced = neededBytes + this.#frameBytesLeft;
    const bytes = Math.max(neededBytes, Math.min(announced, MAX_TRUSTED_BYTES), 2 * neededBytes);
    const larger = new Uint8Array(Math.min(bytes, this.#maxMessageBytes));
    larger.set(this.#message.subarray(0, this.#messageBytes));
    this.#message = larger;
  }

  #finish(payload: Uint8Array): ServerFrame {
    const isText = this.#opcode === TEXT;
    this.#opcode = 0;
    this.#message = EMPTY;
    this.#messageBytes = 0;
    return isText ? { type: "text", text: textOf(payload) } : BINARY_FRAME;
  }
}

/** The most that TLS delivers at once. */
const BUFFER_BYTES = 16_384;
const MAX_TRUSTED_BYTES = 2 ** 16;
const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const EMPTY = new Uint8Array(0);
const BINARY_FRAME: ServerFrame = { type: "binary" };
const PONG_FRAME: ServerFrame = { type: "pong" };

function controlFrame(opcode: number, payload: Uint8Array): ServerFrame {
  switch (opcode) {
    case 8:
      return closeFrame(payload);
    case 9:
      return { type: "ping", payload };
    case 10:
      return PONG_FRAME;
    default:
      throw new FrameError(1002, "an unknown kind of control frame");
  }
}

function closeFrame(payload: Uint8Array): ServerFrame {
  if (payload.length === 0) return { type: "close", code: 1005, reason: "" };
  const [high = 0, low] = payload;
  if (low === undefined) throw new FrameError(1002, "half a close code");
  const code = high * 256 + low;
  if (!isSendable(code)) throw new FrameError(1002, "a close code that no peer may send");
  return { type: "close", code, reason: textOf(payload.subarray(2)) };
}

function isSendable(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
    (code >= 3000 && code <= 4999);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(payload: Uint8Array): string {
  try {
    return decoder.decode(payload);
  } catch {
    throw new FrameError(1007, "text that is not UTF-8");
  }
}
