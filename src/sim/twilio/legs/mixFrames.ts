import { MU_LAW } from "../../../utils/audio/g711.ts";

/** Samples of 20 ms at 8 kHz. */
export const FRAME_SAMPLES = 160;
/** Mu-law of nothing. */
export const SILENCE = 0xff;

/** A frame of silence. */
export function silentFrame(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(FRAME_SAMPLES).fill(SILENCE);
}

/** Adds frames of mu-law sample by sample; one alone stays exactly what it was. */
export function mixFrames(frames: readonly Uint8Array[]): Uint8Array {
  const loud = frames.filter((frame) => frame.some((code) => code !== SILENCE));
  if (loud.length <= 1) return loud[0] ?? silentFrame();
  const mixed = silentFrame();
  for (let at = 0; at < FRAME_SAMPLES; at++) {
    let sum = 0;
    for (const frame of loud) sum += MU_LAW.decoded[frame[at] ?? SILENCE] ?? 0;
    const sample = Math.max(-32_768, Math.min(32_767, sum));
    mixed[at] = MU_LAW.encoded[sample & 0xffff] ?? SILENCE;
  }
  return mixed;
}
