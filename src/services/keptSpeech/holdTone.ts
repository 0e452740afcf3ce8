import type { AudioFormat, Base64 } from "../../utils/audio/audioFormat.ts";
import type { Sound } from "../../utils/audio/wav.ts";
import { encodeSound } from "./soundsInFormats.ts";

const HZ = 24_000;
/** A falling fourth. */
const NOTES_HZ = [523.25, 392];
const NOTE_MS = 180;
const FADE_MS = 30;
/** Far softer than speech. */
const PEAK = 2000;

/** Two soft notes, which show a caller that the line is not dead where no sentence is kept yet. */
export function holdTone(format: AudioFormat): Base64 {
  return tones[format] ??= encodeSound(twoNotes(), format);
}

const tones: Partial<Record<AudioFormat, Base64>> = {};

function twoNotes(): Sound {
  const length = HZ * NOTE_MS / 1000;
  const fade = HZ * FADE_MS / 1000;
  const samples = new Int16Array(NOTES_HZ.length * length);
  for (const [note, hz] of NOTES_HZ.entries()) {
    for (let at = 0; at < length; at++) {
      const loudness = Math.min(1, at / fade, (length - at) / fade);
      samples[note * length + at] = PEAK * loudness * Math.sin(2 * Math.PI * hz * at / HZ);
    }
  }
  return { hz: HZ, samples };
}
