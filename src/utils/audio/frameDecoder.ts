import { type Base64, base64ByteLength } from "./audioFormat.ts";

/**
 * Decodes a frame of audio without making anything that has to be collected: the bytes that are returned
 * change with the next frame. They begin at an even offset of their memory. Undefined where the text is
 * not base64, or empty.
 */
export function decodeFrame(base64: Base64): Uint8Array | undefined {
  const length = base64ByteLength(base64);
  if (length === 0 || base64.length % 4 !== 0) return undefined;
  const bytes = length === frame.length ? frame : viewOf(length);
  try {
    // Stricter than the decoder, which skips white space and accepts missing padding.
    return bytes.setFromBase64(base64).written === length ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function viewOf(length: number): Uint8Array {
  if (length > memory.byteLength) return new Uint8Array(length);
  frame = new Uint8Array(memory, 0, length);
  return frame;
}

const memory = new ArrayBuffer(4096);
/** On the memory, and as long as the last frame: most are as long as the one before. */
let frame = new Uint8Array(memory, 0, 160);
