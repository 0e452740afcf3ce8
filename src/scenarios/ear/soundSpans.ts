import { type AudioFormat, bytesPerMs } from "../../utils/audio/audioFormat.ts";
import { levelOf } from "./levelOf.ts";
import type { EarPiece } from "./spokenItem.ts";

/** A time in which somebody can be heard; milliseconds since the answer. */
export interface SoundSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

const FRAME_MS = 10;
/** Softer is the noise of a line. */
const AUDIBLE_DB = -46;

/** When pieces can be heard: gaps of less than `gapMs` within speech are none. */
export function soundSpans(
  pieces: readonly EarPiece[],
  format: AudioFormat,
  { gapMs = 300, aboveDb = AUDIBLE_DB }: { readonly gapMs?: number; readonly aboveDb?: number } =
    {},
): readonly SoundSpan[] {
  const perMs = bytesPerMs(format);
  const spans: { fromMs: number; toMs: number }[] = [];
  for (const { atMs, audio } of pieces) {
    for (let at = 0; at < audio.length; at += FRAME_MS * perMs) {
      const frame = audio.subarray(at, at + FRAME_MS * perMs);
      if (levelOf(frame, format) <= aboveDb) continue;
      const fromMs = atMs + at / perMs;
      const toMs = fromMs + frame.length / perMs;
      const last = spans.at(-1);
      if (last !== undefined && fromMs - last.toMs < gapMs) last.toMs = Math.max(last.toMs, toMs);
      else spans.push({ fromMs, toMs });
    }
  }
  return spans;
}
