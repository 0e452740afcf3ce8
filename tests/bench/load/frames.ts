/** Frames of 20 ms of mu-law that carry a number and a time, so that loss, order and delay can be seen. */
export const FRAME_BYTES = 160;
export const FRAME_MS = 20;
const SILENCE = 0xff;
/** About -10 dBFS: no detector takes it for anything but sound. */
const LOUD = 0x9a;
const SEQUENCE_DIGITS = 10;
const TIME_DIGITS = 18;

export interface Stamp {
  readonly sequence: number;
  readonly sentAt: number;
  /** Whether the frame is sound. */
  readonly isLoud: boolean;
}

/** Numbers are spread over bytes with three bits each, which keeps a frame that is not loud as quiet as silence. */
export function stampedFrame(stamp: Omit<Stamp, "isLoud"> & Partial<Stamp>): string {
  return stampedFrames([stamp]);
}

/** The same frames in one piece of audio. */
export function stampedFrames(stamps: readonly (Omit<Stamp, "isLoud"> & Partial<Stamp>)[]): string {
  const bytes = new Uint8Array(FRAME_BYTES * stamps.length);
  for (const [i, { sequence, sentAt, isLoud = false }] of stamps.entries()) {
    const frame = bytes.subarray(i * FRAME_BYTES, (i + 1) * FRAME_BYTES);
    frame.fill(isLoud ? LOUD : SILENCE);
    write(frame, 0, sequence, SEQUENCE_DIGITS);
    write(frame, SEQUENCE_DIGITS, Math.round(sentAt * 1000), TIME_DIGITS);
  }
  return bytes.toBase64();
}

export function readStamp(frame: Uint8Array): Stamp {
  return {
    sequence: read(frame, 0, SEQUENCE_DIGITS),
    sentAt: read(frame, SEQUENCE_DIGITS, TIME_DIGITS) / 1000,
    isLoud: frame[FRAME_BYTES - 1] === LOUD,
  };
}

function write(frame: Uint8Array, at: number, value: number, length: number): void {
  for (let i = 0; i < length; i++) {
    frame[at + i] = 0xf8 | (value % 8);
    value = Math.floor(value / 8);
  }
}

function read(frame: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 8 + (frame[at + i]! & 7);
  return value;
}
