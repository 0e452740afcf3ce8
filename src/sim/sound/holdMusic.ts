/** Kinds of music that people hear while they wait. */
export const musicStyles = ["piano", "strings", "pop", "flute", "chimes"] as const;
export type MusicStyle = (typeof musicStyles)[number];

const HZ = 8000;

/** Music of a style at 8 kHz, without an end in it; the same seed makes the same music. */
export function holdMusic(
  style: MusicStyle,
  durationMs: number,
  seed = 1,
): Int16Array<ArrayBuffer> {
  const sound = new Float64Array(Math.round(durationMs * HZ / 1000));
  const random = randomFrom(seed);
  const { beatMs, play } = STYLES[style];
  const beat = Math.round(beatMs * HZ / 1000);
  for (let at = 0, step = 0; at < sound.length; at += beat, step++) {
    const chord = CHORDS[Math.floor(step / 8) % CHORDS.length]!;
    play({ sound, at, step, beat, chord, random });
  }
  return levelled(sound);
}

interface Beat {
  readonly sound: Float64Array;
  readonly at: number;
  readonly step: number;
  /** Samples of a beat. */
  readonly beat: number;
  /** Semitones above A of 110 Hz. */
  readonly chord: readonly number[];
  readonly random: () => number;
}

interface Style {
  readonly beatMs: number;
  readonly play: (beat: Beat) => void;
}

/** How a note swells and fades, what it is made of, and how its pitch trembles. */
interface Timbre {
  readonly partials: readonly number[];
  readonly attackMs: number;
  readonly decayMs: number;
  readonly vibrato?: number;
}

const CHORDS: readonly (readonly number[])[] = [
  [3, 7, 10],
  [0, 3, 7],
  [8, 12, 15],
  [5, 10, 14],
];
const PIANO: Timbre = { partials: [1, 0.5, 0.3, 0.15, 0.08], attackMs: 4, decayMs: 450 };
const BASS: Timbre = { partials: [1, 0.6, 0.3], attackMs: 8, decayMs: 300 };
const STRINGS: Timbre = {
  partials: [1, 0.7, 0.55, 0.4, 0.3, 0.2, 0.15],
  attackMs: 120,
  decayMs: 1600,
  vibrato: 0.004,
};
const FLUTE: Timbre = { partials: [1, 0.25, 0.08], attackMs: 40, decayMs: 900, vibrato: 0.006 };
const CHIME: Timbre = { partials: [1, 0, 0.4, 0, 0.2], attackMs: 2, decayMs: 250 };

const STYLES: Readonly<Record<MusicStyle, Style>> = {
  piano: {
    beatMs: 280,
    play: (beat) => {
      note(beat, PIANO, beat.chord[beat.step % 3]! + 12, 0.8);
      if (beat.step % 4 === 0) note(beat, PIANO, beat.chord[0]!, 0.7);
      if (beat.random() < 0.4) note(beat, PIANO, beat.chord[beat.step % 2]! + 24, 0.6);
    },
  },
  strings: {
    beatMs: 500,
    play: (beat) => {
      if (beat.step % 4 !== 0) return;
      for (const semitone of beat.chord) note(beat, STRINGS, semitone + 12, 0.5, 2100);
      note(beat, STRINGS, beat.chord[2]! + 24, 0.5, 1900);
    },
  },
  pop: {
    beatMs: 240,
    play: (beat) => {
      noise(beat, beat.step % 4 === 2 ? 0.7 : 0.15, beat.step % 4 === 2 ? 90 : 25);
      if (beat.step % 4 === 0) note(beat, BASS, -12, 1, 180);
      if (beat.step % 2 === 0) note(beat, BASS, beat.chord[0]!, 0.7, 230);
      for (const semitone of beat.chord) {
        if (beat.step % 2 === 1) note(beat, PIANO, semitone + 12, 0.4, 220);
      }
      if (beat.random() < 0.6) {
        note(beat, FLUTE, beat.chord[Math.floor(beat.random() * 3)]! + 24, 0.5, 350);
      }
    },
  },
  flute: {
    beatMs: 420,
    play: (beat) => {
      const degree = Math.floor(beat.random() * 3);
      note(beat, FLUTE, beat.chord[degree]! + 24, 0.9, beat.random() < 0.3 ? 380 : 420);
    },
  },
  chimes: {
    beatMs: 180,
    play: (beat) => note(beat, CHIME, beat.chord[beat.step % 3]! + 24, 0.9, 170),
  },
};

function note(
  { sound, at }: Beat,
  { partials, attackMs, decayMs, vibrato = 0 }: Timbre,
  semitone: number,
  loudness: number,
  lengthMs = 900,
): void {
  const hz = 110 * 2 ** (semitone / 12);
  const count = Math.min(sound.length - at, Math.round((lengthMs + RELEASE_MS) * HZ / 1000));
  for (let i = 0; i < count; i++) {
    const ms = i * 1000 / HZ;
    const swell = Math.min(1, ms / attackMs) * Math.exp(-ms / decayMs);
    const release = ms < lengthMs ? 1 : 1 - (ms - lengthMs) / RELEASE_MS;
    const seconds = ms / 1000;
    const phase = 2 * Math.PI * hz *
      (seconds +
        vibrato * Math.sin(2 * Math.PI * VIBRATO_HZ * seconds) / (2 * Math.PI * VIBRATO_HZ));
    let sample = 0;
    for (let k = 0; k < partials.length; k++) {
      if (hz * (k + 1) < 3600) sample += partials[k]! * Math.sin(phase * (k + 1));
    }
    sound[at + i]! += loudness * swell * release * sample;
  }
}

const RELEASE_MS = 40;
const VIBRATO_HZ = 5.5;

function noise({ sound, at, random }: Beat, loudness: number, decayMs: number): void {
  const count = Math.min(sound.length - at, Math.round(decayMs * 4 * HZ / 1000));
  for (let i = 0; i < count; i++) {
    const swell = Math.exp(-i * 1000 / HZ / decayMs);
    sound[at + i]! += loudness * swell * (2 * random() - 1);
  }
}

/** At the level that telephone systems give their music: -22 dBFS, without clipping. */
function levelled(sound: Float64Array): Int16Array<ArrayBuffer> {
  const power = sound.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, sound.length);
  const gain = power === 0 ? 0 : LEVEL / Math.sqrt(power);
  const samples = new Int16Array(sound.length);
  for (let i = 0; i < samples.length; i++) {
    samples[i] = Math.max(-32768, Math.min(32767, Math.round(gain * sound[i]!)));
  }
  return samples;
}

const LEVEL = 32768 * 10 ** (-22 / 20);

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
