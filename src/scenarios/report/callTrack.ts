import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import { A_LAW, decodeG711, encodeG711, MU_LAW } from "../../utils/audio/g711.ts";
import { createResampler } from "../../utils/audio/resampler.ts";
import type { EarPiece } from "../ear/spokenItem.ts";

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

/** Pieces of any format as mu-law at 8 kHz. */
export function asPhone(pieces: readonly EarPiece[], format: AudioFormat): readonly EarPiece[] {
  if (format === "pcmu") return pieces;
  const resampler = createResampler(24_000, 8000);
  return pieces.map(({ atMs, audio }) => {
    const samples = format === "pcma"
      ? decodeG711(A_LAW, audio)
      : resampler.process(new Int16Array(audio.slice().buffer, 0, Math.floor(audio.length / 2)));
    return { atMs, audio: encodeG711(MU_LAW, samples) };
  });
}
