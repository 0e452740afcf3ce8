import type { AudioFormat, Base64 } from "../../utils/audio/audioFormat.ts";
import { encodeSound } from "./soundsInFormats.ts";

/** Chords of three notes, in Hz: they follow each other without an end. */
const CHORDS = [
  [261.63, 329.63, 392],
  [220, 261.63, 329.63],
  [174.61, 220, 261.63],
  [196, 246.94, 293.66],
] as const;
const CHORD_MS = 2000;
/** Far softer than speech. */
const PEAK = 1400;

/** Soft chords for a caller who waits, where the agent has no file for it; eight seconds to be repeated. */
export function waitingMusic(format: AudioFormat): Base64 {
  return music[format] ??= encodeSound(chords(format === "pcm24k" ? 24_000 : 8000), format);
}

const music: Partial<Record<AudioFormat, Base64>> = {};

function chords(hz: number) {
  const length = hz * CHORD_MS / 1000;
  const samples = new Int16Array(CHORDS.length * length);
  for (const [index, notes] of CHORDS.entries()) {
    for (let at = 0; at < length; at++) {
      // Swells and fades, and never to nothing: silence would be taken for a dead line.
      const loudness = 0.4 + 0.6 * Math.sin(Math.PI * at / length);
      const wave = notes.reduce((sum, note) => sum + Math.sin(2 * Math.PI * note * at / hz), 0);
      samples[index * length + at] = PEAK * loudness * wave;
    }
  }
  return { hz, samples };
}
