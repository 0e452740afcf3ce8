import { atLevel } from "./atLevel.ts";
import { createRandom, type Random } from "../twilio/random.ts";

const HZ = 8000;

/** Sounds of a caller that are no words. */
export const personSounds = ["cough", "sneeze", "door"] as const;
export type PersonSound = (typeof personSounds)[number];

/** A burst of noise: how long it lasts, how fast it fades, and how dull it is. */
interface Burst {
  readonly atMs: number;
  readonly ms: number;
  readonly decayMs: number;
  /** Between 0 and 1: the nearer to 1, the less of its high notes. */
  readonly dullness: number;
  readonly gain: number;
}

const BURSTS: Readonly<Record<PersonSound, readonly Burst[]>> = {
  cough: [
    { atMs: 0, ms: 220, decayMs: 60, dullness: 0.6, gain: 1 },
    { atMs: 290, ms: 190, decayMs: 55, dullness: 0.65, gain: 0.8 },
  ],
  sneeze: [
    { atMs: 0, ms: 140, decayMs: 200, dullness: 0.8, gain: 0.25 },
    { atMs: 150, ms: 420, decayMs: 110, dullness: 0.35, gain: 1 },
  ],
  door: [
    { atMs: 0, ms: 180, decayMs: 25, dullness: 0.95, gain: 1 },
    { atMs: 60, ms: 90, decayMs: 12, dullness: 0.5, gain: 0.4 },
  ],
};

/** The sound at 8 kHz, of this level on the average, in dBFS. */
export function personSound(name: PersonSound, levelDb: number, seed = 1): Int16Array<ArrayBuffer> {
  const random = createRandom(seed);
  const bursts = BURSTS[name];
  const ms = Math.max(...bursts.map((burst) => burst.atMs + burst.ms));
  const sound = new Float64Array(ms * HZ / 1000);
  for (const burst of bursts) add(sound, burst, random);
  return atLevel(sound, levelDb);
}

function add(
  sound: Float64Array,
  { atMs, ms, decayMs, dullness, gain }: Burst,
  random: Random,
): void {
  const from = atMs * HZ / 1000;
  let dull = 0;
  for (let i = 0; i < ms * HZ / 1000; i++) {
    dull = dullness * dull + (1 - dullness) * (2 * random() - 1);
    const rise = Math.min(1, i / 40);
    sound[from + i] = (sound[from + i] ?? 0) + gain * rise * dull * Math.exp(-i / (decayMs * 8));
  }
}
