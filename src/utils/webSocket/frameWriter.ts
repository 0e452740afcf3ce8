/**
 * Collects the frames of a client (RFC 6455, section 5) until they can be written, all at once: what is
 * sent while a write is under way needs no further system call or TLS record of its own.
 */
export class FrameWriter {
  #collected = new Uint8Array(FIRST_BYTES);
  #collectedBytes = 0;
  /** Was handed out last, and is free again by the time of the next `take`. */
  #spare = new Uint8Array(FIRST_BYTES);

  /** Collected and not yet taken. */
  get bytes(): number {
    return this.#collectedBytes;
  }

  /** Lone surrogates become U+FFFD. */
  text(text: string): void {
    // Nearly all text is ASCII; of any other the length is known only by encoding it.
    if (!this.#tryText(text, text.length)) this.#tryText(text, 3 * text.length);
  }

  pong(payload: Uint8Array): void {
    this.#control(10, payload);
  }

  /** 1005 stands for no code. */
  close(code: number): void {
    this.#control(8, code === 1005 ? EMPTY : Uint8Array.of(code >> 8, code & 0xff));
  }

  /** Removes all frames; the bytes are valid until the next call. Undefined where there are none. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#collectedBytes === 0) return undefined;
    const taken = this.#collected.subarray(0, this.#collectedBytes);
    const next = this.#spare.length > MAX_KEPT_BYTES ? new Uint8Array(FIRST_BYTES) : this.#spare;
    this.#spare = this.#collected;
    this.#collected = next;
    this.#collectedBytes = 0;
    return taken;
  }

  /** False where the text takes more than `maxBytes` in UTF-8. */
  #tryText(text: string, maxBytes: number): boolean {
    const start = this.#collectedBytes;
    const guessedBytes = headerBytesOf(maxBytes);
    this.#reserve(guessedBytes + maxBytes);
    const payload = this.#collected.subarray(start + guessedBytes, start + guessedBytes + maxBytes);
    const { read, written } = encoder.encodeInto(text, payload);
    if (read < text.length) return false;
    const headerBytes = headerBytesOf(written);
    if (headerBytes !== guessedBytes) {
      const from = start + guessedBytes;
      this.#collected.copyWithin(start + headerBytes, from, from + written);
    }
    this.#seal(1, written);
    return true;
  }

  #control(opcode: number, payload: Uint8Array): void {
    const headerBytes = headerBytesOf(payload.length);
    this.#reserve(headerBytes + payload.length);
    this.#collected.set(payload, this.#collectedBytes + headerBytes);
    this.#seal(opcode, payload.length);
  }

  #reserve(bytes: number): void {
    const needed = this.#collectedBytes + bytes;
    if (needed <= this.#collected.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#collected.length));
    larger.set(this.#collected.subarray(0, this.#collectedBytes));
    this.#collected = larger;
  }

  /** Writes the header before a payload that is in place, and masks it. */
  #seal(opcode: number, payloadBytes: number): void {
    const frames = this.#collected;
    let at = this.#collectedBytes;
    frames[at++] = 0x80 | opcode;
    if (payloadBytes < 126) {
      frames[at++] = 0x80 | payloadBytes;
    } else {
      const lengthBytes = payloadBytes < 2 ** 16 ? 2 : 8;
      frames[at++] = 0x80 | (lengthBytes === 2 ? 126 : 127);
      for (let byte = lengthBytes - 1; byte >= 0; byte--) {
        frames[at++] = Math.floor(payloadBytes / 2 ** (8 * byte)) & 0xff;
      }
    }
    at = mask(frames, at, payloadBytes);
    this.#collectedBytes = at;
  }
}

const FIRST_BYTES = 1024;
/** A larger buffer, such as of a session's set-up, is not kept: two are held for each connection. */
const MAX_KEPT_BYTES = 2 ** 13;
const EMPTY = new Uint8Array(0);
const encoder = new TextEncoder();

/** Of a client's frame, with the mask. */
function headerBytesOf(payloadBytes: number): number {
  return payloadBytes < 126 ? 6 : payloadBytes < 2 ** 16 ? 8 : 14;
}

/** Writes a mask and applies it to the payload behind it, in place; returns where that ends. */
function mask(bytes: Uint8Array, start: number, payloadBytes: number): number {
  if (masksUsed === masks.length) {
    // Random, as no intermediary may be made to see chosen bytes; drawn many at a time.
    crypto.getRandomValues(masks);
    masksUsed = 0;
  }
  const a = bytes[start] = masks[masksUsed++]!;
  const b = bytes[start + 1] = masks[masksUsed++]!;
  const c = bytes[start + 2] = masks[masksUsed++]!;
  const d = bytes[start + 3] = masks[masksUsed++]!;
  const end = start + MASK_BYTES + payloadBytes;
  let at = start + MASK_BYTES;
  for (; at + 3 < end; at += 4) {
    bytes[at]! ^= a;
    bytes[at + 1]! ^= b;
    bytes[at + 2]! ^= c;
    bytes[at + 3]! ^= d;
  }
  if (at < end) bytes[at]! ^= a;
  if (at + 1 < end) bytes[at + 1]! ^= b;
  if (at + 2 < end) bytes[at + 2]! ^= c;
  return end;
}

const MASK_BYTES = 4;
const masks = new Uint8Array(1024 * MASK_BYTES);
let masksUsed = masks.length;
