import type { Voice } from "./voice.ts";

/** A voice-like tone whose length follows the text; the same text always sounds the same. */
export function createToneVoice(): Voice {
  return {
    sampleRate,
    say: (sentence) =>
      Promise.resolve(toneSamples(Math.max(minMs, sentence.length * msPerCharacter))),
    close: () => {},
  };
}

/** Syllables of a buzzing vowel at 16 kHz, loud enough for any voice detection. */
export function toneSamples(durationMs: number): Int16Array {
  const samples = new Int16Array(Math.round(durationMs * sampleRate / 1_000));
  for (let index = 0; index < samples.length; index++) {
    const seconds = index / sampleRate;
    const syllable = 0.55 + 0.45 * Math.sin(2 * Math.PI * syllablesPerSecond * seconds);
    let vowel = 0;
    for (const [multiple, share] of partials) {
      vowel += share * Math.sin(2 * Math.PI * pitchHz * multiple * seconds);
    }
    samples[index] = Math.round(peak * syllable * vowel);
  }
  return samples;
}

const sampleRate = 16_000;

const minMs = 60;

const msPerCharacter = 60;

const peak = 9_000;

const pitchHz = 150;

const syllablesPerSecond = 4;

const partials: readonly (readonly [multiple: number, share: number])[] = [
  [1, 0.5],
  [4, 0.3],
  [8, 0.2],
];
