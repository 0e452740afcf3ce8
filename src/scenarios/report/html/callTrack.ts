import type { EarPiece } from "../../ear/spokenItem.ts";

const BYTES_PER_MS = 8;
const SILENCE = 0xff;

/** One side of a call on one track of mu-law, from the answer to the end. */
export function callTrack(pieces: readonly EarPiece[], endMs: number): Uint8Array<ArrayBuffer> {
  const track = new Uint8Array(Math.round(endMs * BYTES_PER_MS)).fill(SILENCE);
  for (const { atMs, audio } of pieces) {
    const from = Math.round(atMs * BYTES_PER_MS);
    if (from >= track.length) continue;
    const part = audio.subarray(Math.max(0, -from), track.length - from);
    track.set(part, Math.max(0, from));
  }
  return track;
}
