const HZ = 8000;

/** Tones of the telephone network: their frequencies, and how long they sound and pause in turn. */
const TONES = {
  ringback: { hz: [440, 480], onMs: 2000, offMs: 4000 },
  "ringback-eu": { hz: [425], onMs: 1000, offMs: 4000 },
  busy: { hz: [480, 620], onMs: 500, offMs: 500 },
  "busy-eu": { hz: [425], onMs: 480, offMs: 480 },
  dial: { hz: [350, 440], onMs: 1000, offMs: 0 },
} as const;

export type LineTone = keyof typeof TONES;
export const lineToneNames: readonly LineTone[] = [
  "ringback",
  "ringback-eu",
  "busy",
  "busy-eu",
  "dial",
];

/** A tone of the network at 8 kHz, with its pauses. */
export function lineTone(name: LineTone, durationMs: number): Int16Array<ArrayBuffer> {
  const { hz, onMs, offMs } = TONES[name];
  const samples = new Int16Array(Math.round(durationMs * HZ / 1000));
  for (let i = 0; i < samples.length; i++) {
    const ms = i * 1000 / HZ;
    if (ms % (onMs + offMs) >= onMs) continue;
    const sum = hz.reduce((total, each) => total + Math.sin(2 * Math.PI * each * ms / 1000), 0);
    samples[i] = Math.round(PEAK / hz.length * sum);
  }
  return samples;
}

const PEAK = 6000;
