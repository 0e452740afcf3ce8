/** A message of the listening socket, whose form is that of `protocol/listen.ts`. */
export interface HeardSound {
  /** Since the call began. */
  readonly atMs: number;
  /** The recording is paused: nothing is heard. */
  readonly isSilenced: boolean;
  readonly caller: Float32Array<ArrayBuffer>;
  readonly agent: Float32Array<ArrayBuffer>;
}

const HEADER_BYTES = 8;

/** Undefined for what is none. */
export function readHeardSound(message: ArrayBuffer): HeardSound | undefined {
  if (message.byteLength < HEADER_BYTES) return undefined;
  const header = new DataView(message);
  const codes = new Uint8Array(message, HEADER_BYTES);
  const side = (first: number) =>
    Float32Array.from(
      { length: codes.length >> 1 },
      (_, at) => LEVELS[codes[2 * at + first] ?? 0xff] ?? 0,
    );
  return {
    atMs: header.getUint32(0, true),
    isSilenced: (header.getUint8(4) & 1) !== 0,
    caller: side(0),
    agent: side(1),
  };
}

/** What each code of mu-law stands for (G.711), from -1 to 1. */
const LEVELS = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + 0x84 << ((bits & 0x70) >> 4)) - 0x84;
  return (bits & 0x80 ? -magnitude : magnitude) / 32_768;
});
