/** Frames of 20 ms of mu-law that carry a number and a time, so that loss, order and delay can be seen. */
export const FRAME_BYTES = 160;
export const FRAME_MS = 20;
const SILENCE = 0xff;
const FAINT = 0xfe;
/** About -10 dBFS: no detector takes it for anything but sound. */
const LOUD = 0x9a;
const SEQUENCE_BITS = 24;
/** In microseconds: nineteen hours. */
const TIME_BITS = 36;

export interface Stamp {
  readonly sequence: number;
  readonly sentAt: number;
  /** Whether the frame is sound. */
  readonly isLoud: boolean;
}

/**
 * A bit takes two bytes, one of silence and one of the least amplitude, in the order that tells it: all
 * frames that are not loud have one and the same level, faint as a line's own noise.
 */
export function stampedFrame(stamp: Omit<Stamp, "isLoud"> & Partial<Stamp>): string {
  return stampedFrames([stamp]);
}

/** The same frames in one piece of audio. */
export function stampedFrames(stamps: readonly (Omit<Stamp, "isLoud"> & Partial<Stamp>)[]): string {
  const bytes = new Uint8Array(FRAME_BYTES * stamps.length);
  for (const [i, { sequence, sentAt, isLoud = false }] of stamps.entries()) {
    const frame = bytes.subarray(i * FRAME_BYTES, (i + 1) * FRAME_BYTES);
    frame.fill(isLoud ? LOUD : SILENCE);
    write(frame, 0, sequence, SEQUENCE_BITS);
    write(frame, SEQUENCE_BITS, Math.round(sentAt * 1000), TIME_BITS);
  }
  return bytes.toBase64();
}

export function readStamp(frame: Uint8Array): Stamp {
  return {
    sequence: read(frame, 0, SEQUENCE_BITS),
    sentAt: read(frame, SEQUENCE_BITS, TIME_BITS) / 1000,
    isLoud: frame[FRAME_BYTES - 1] === LOUD,
  };
}

function write(frame: Uint8Array, firstBit: number, value: number, bits: number): void {
  for (let bit = firstBit; bit < firstBit + bits; bit++) {
    const isOne = value % 2 === 1;
    frame[2 * bit] = isOne ? FAINT : SILENCE;
    frame[2 * bit + 1] = isOne ? SILENCE : FAINT;
    value = Math.floor(value / 2);
  }
}

function read(frame: Uint8Array, firstBit: number, bits: number): number {
  let value = 0;
  for (let bit = firstBit + bits - 1; bit >= firstBit; bit--) {
    value = value * 2 + (frame[2 * bit] === FAINT ? 1 : 0);
  }
  return value;
}
