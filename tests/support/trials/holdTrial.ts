import { MusicDetector } from "../../../src/utils/audio/musicDetector.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { createResampler } from "../../../src/utils/audio/resampler.ts";
import { noise, readRecording, RECORDINGS } from "./speechFixture.ts";

/** Where the detector found music, in milliseconds of the sound. */
export interface MusicFound {
  readonly musicMs: number;
  readonly changes: readonly { readonly atMs: number; readonly sound: "music" | "other" }[];
}

const FRAME_MS = 20;
const SAMPLES_PER_MS = 8;

/** Passes a sound of 8 kHz through the telephone's code and the detector. */
export function findMusic(sound: Int16Array): MusicFound {
  const detector = new MusicDetector();
  const codes = encodeG711(MU_LAW, sound);
  const changes: { atMs: number; sound: "music" | "other" }[] = [];
  let musicMs = 0;
  for (let at = 0; at < codes.length; at += FRAME_MS * SAMPLES_PER_MS) {
    const change = detector.hear(codes.subarray(at, at + FRAME_MS * SAMPLES_PER_MS));
    const atMs = at / SAMPLES_PER_MS + FRAME_MS;
    if (change !== undefined) changes.push({ atMs, sound: change.sound });
    if (detector.isMusic) musicMs += FRAME_MS;
  }
  return { musicMs, changes };
}

/** The recordings of human speech at 8 kHz. */
export function telephoneSpeech(): readonly {
  readonly name: string;
  readonly sound: Int16Array;
}[] {
  return RECORDINGS.map((name) => ({
    name,
    sound: createResampler(16_000, 8_000).process(readRecording(name)),
  }));
}

/** Where the first word begins: louder than 25 dB below the loudest 20 ms. */
export function onsetMs(sound: Int16Array): number {
  const frame = FRAME_MS * SAMPLES_PER_MS;
  const energies = Array.from(
    { length: Math.floor(sound.length / frame) },
    (_, n) => sound.subarray(n * frame, (n + 1) * frame).reduce((sum, x) => sum + x * x, 0),
  );
  const loudest = Math.max(...energies);
  return energies.findIndex((energy) => energy > loudest / 10 ** 2.5) * FRAME_MS;
}

export function joined(...parts: readonly Int16Array[]): Int16Array<ArrayBuffer> {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The sound with another beside it, or with noise. */
export function mixed(sound: Int16Array, other: Int16Array | number): Int16Array<ArrayBuffer> {
  const beside = typeof other === "number" ? noise(sound.length, other) : other;
  return Int16Array.from(
    sound,
    (sample, i) => Math.max(-32768, Math.min(32767, sample + beside[i % beside.length]!)),
  );
}

export function louder(sound: Int16Array, db: number): Int16Array<ArrayBuffer> {
  const gain = 10 ** (db / 20);
  return Int16Array.from(
    sound,
    (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * gain))),
  );
}
