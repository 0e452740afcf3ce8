import { createRandom, type Random } from "../twilio/random.ts";
import { atLevel } from "./atLevel.ts";

const HZ = 8000;
/** What is heard beside a caller goes round after so long. */
const LOOP_MS = 20_000;

/** Where somebody calls from. */
export const noiseKinds = ["room", "street", "babble"] as const;
export type NoiseKind = (typeof noiseKinds)[number];

/** A loop of noise at 8 kHz, of this level on the average, in dBFS; the same seed makes the same noise. */
export function backgroundNoise(
  kind: NoiseKind,
  levelDb: number,
  seed = 1,
): Int16Array<ArrayBuffer> {
  const sound = new Float64Array(LOOP_MS * HZ / 1000);
  MAKERS[kind](sound, createRandom(seed));
  return atLevel(sound, levelDb);
}

const MAKERS: Readonly<Record<NoiseKind, (sound: Float64Array, random: Random) => void>> = {
  /** The even hiss of a fan. */
  room(sound, random) {
    let dull = 0;
    for (let i = 0; i < sound.length; i++) {
      dull = 0.7 * dull + 0.3 * (2 * random() - 1);
      sound[i] = dull;
    }
  },
  /** The rumble of traffic, which swells as cars pass. */
  street(sound, random) {
    let rumble = 0;
    let hiss = 0;
    for (let i = 0; i < sound.length; i++) {
      const noise = 2 * random() - 1;
      rumble = 0.97 * rumble + 0.03 * noise;
      hiss = 0.6 * hiss + 0.4 * noise;
      const passing = 0.4 + 0.6 * Math.sin(Math.PI * (i % CAR) / CAR) ** 4;
      sound[i] = passing * (6 * rumble + 0.5 * hiss);
    }
  },
  /** Many people who talk at once: tones of voices that rise and fall with syllables. */
  babble(sound, random) {
    for (let voice = 0; voice < VOICES; voice++) {
      const pitch = 95 + 130 * random();
      const syllableMs = 160 + 120 * random();
      const offset = random() * syllableMs;
      let phase = 0;
      for (let i = 0; i < sound.length; i++) {
        const ms = i * 1000 / HZ + offset;
        const syllable = Math.max(0, Math.sin(2 * Math.PI * ms / syllableMs));
        const drift = 1 + 0.12 * Math.sin(2 * Math.PI * ms / (900 + 70 * voice));
        phase += 2 * Math.PI * pitch * drift / HZ;
        const tone = Math.sin(phase) + 0.6 * Math.sin(2 * phase) + 0.5 * Math.sin(5 * phase) +
          0.3 * Math.sin(9 * phase);
        sound[i] = (sound[i] ?? 0) + syllable * tone;
      }
    }
  },
};

const CAR = 4.5 * HZ;
const VOICES = 6;
