/** A 20 ms frame of mu-law that carries a number and a time, so that loss, order and delay can be seen. */
const FRAME_BYTES = 160;
export const FRAME_MS = 20;
const SILENCE = 0xff;

export interface Stamp {
  readonly sequence: number;
  readonly sentAt: number;
}

/** Numbers are spread over bytes with six bits each, which keeps a frame as quiet as silence. */
export function stampedFrame({ sequence, sentAt }: Stamp): string {
  const frame = new Uint8Array(FRAME_BYTES).fill(SILENCE);
  write(frame, 0, sequence, 5);
  write(frame, 5, Math.round(sentAt * 1000), 9);
  return frame.toBase64();
}

export function readStamp(audio: string): Stamp {
  const frame = Uint8Array.fromBase64(audio.slice(0, 20));
  return { sequence: read(frame, 0, 5), sentAt: read(frame, 5, 9) / 1000 };
}

function write(frame: Uint8Array, at: number, value: number, length: number): void {
  for (let i = 0; i < length; i++) {
    frame[at + i] = 0xc0 | (value % 64);
    value = Math.floor(value / 64);
  }
}

function read(frame: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 64 + (frame[at + i]! & 0x3f);
  return value;
}
