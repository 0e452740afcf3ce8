const FULL_SCALE = 32_768;

/** Scales a sound to a level on the average, in dBFS, as 16-bit samples; silence stays silence. */
export function atLevel(
  sound: Float64Array | Int16Array,
  levelDb: number,
): Int16Array<ArrayBuffer> {
  let sum = 0;
  for (const sample of sound) sum += sample * sample;
  const mean = Math.sqrt(sum / Math.max(1, sound.length));
  const gain = mean === 0 ? 0 : FULL_SCALE * 10 ** (levelDb / 20) / mean;
  const samples = new Int16Array(sound.length);
  for (let i = 0; i < sound.length; i++) {
    samples[i] = Math.max(
      -FULL_SCALE,
      Math.min(FULL_SCALE - 1, Math.round((sound[i] ?? 0) * gain)),
    );
  }
  return samples;
}
