import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import { A_LAW, MU_LAW } from "../../utils/audio/g711.ts";

const FULL_SCALE = 32_768;

/** How loud audio is on the average, in dBFS; -Infinity for digital silence. */
export function levelOf(audio: Uint8Array, format: AudioFormat): number {
  let sum = 0;
  let count = 0;
  if (format === "pcm24k") {
    for (let at = 0; at + 1 < audio.length; at += 2) {
      const sample = ((audio[at] ?? 0) | (audio[at + 1] ?? 0) << 8) << 16 >> 16;
      sum += sample * sample;
      count++;
    }
  } else {
    const { decoded } = format === "pcmu" ? MU_LAW : A_LAW;
    for (const code of audio) sum += (decoded[code] ?? 0) ** 2;
    count = audio.length;
  }
  return count === 0 || sum === 0 ? -Infinity : 10 * Math.log10(sum / count / FULL_SCALE ** 2);
}
