import { frameLevel } from "./frameLevel.ts";

/** How loud what was recorded is. */
export type LoudnessVerdict = "silent" | "quiet" | "good" | "distorted";

/** Judges by the loudest moments: who speaks pauses between words. Takes frames of PCM16. */
export function judgeLoudness(frames: readonly ArrayBuffer[]): LoudnessVerdict {
  const levels = frames.map(frameLevel).sort((a, b) => b - a);
  const loud = levels[Math.floor(levels.length * LOUD_SHARE)] ?? 0;
  if (loud < SILENT) return "silent";
  if (frames.filter(isClipped).length > frames.length * CLIPPED_SHARE) return "distorted";
  return loud < QUIET ? "quiet" : "good";
}

function isClipped(frame: ArrayBuffer): boolean {
  return new Int16Array(frame).filter((sample) => Math.abs(sample) >= CLIPPED).length > 2;
}

const LOUD_SHARE = 0.1;
/** Some -58 dB: the noise of a microphone that hears nobody. */
const SILENT = 0.0013;
/** Some -36 dB. */
const QUIET = 0.016;
const CLIPPED = 32_600;
const CLIPPED_SHARE = 0.1;
