import { MU_LAW } from "../../../utils/audio/g711.ts";

/** Whether mu-law has speech in it, rather than the noise of a line. */
export function isLoud(audio: Uint8Array): boolean {
  let sum = 0;
  for (const code of audio) sum += Math.abs(MU_LAW.decoded[code] ?? 0);
  return sum > loudness * audio.length;
}

/** Mean absolute sample above which audio counts as speech; about -44 dB of full scale. */
const loudness = 200;
