import { MU_LAW } from "../../../src/utils/audio/g711.ts";

/** Half a second or so of one tone: who hears it can be told by `hears()`. */
export function toneOf(hz: number, ms = 400, level = 8_000): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: ms * 8 }, (_, at) => {
    const sample = Math.round(level * Math.sin(2 * Math.PI * hz * at / 8_000));
    return MU_LAW.encoded[sample & 0xffff] ?? 0xff;
  });
}

/** How many milliseconds of that tone, or louder, are in mu-law audio, mixed with others or not. */
export function toneMs(audio: Uint8Array, hz: number, minAmplitude = 1_500): number {
  let ms = 0;
  for (let from = 0; from + windowBytes <= audio.length; from += windowBytes) {
    if (amplitude(audio.subarray(from, from + windowBytes), hz) > minAmplitude) ms += windowMs;
  }
  return ms;
}

/** Whether at least 200 ms of the tone are in it. */
export function hears(audio: Uint8Array, hz: number): boolean {
  return toneMs(audio, hz) >= 200;
}

const windowMs = 40;
const windowBytes = windowMs * 8;

/** Of one frequency (Goertzel). */
function amplitude(audio: Uint8Array, hz: number): number {
  const turn = 2 * Math.cos(2 * Math.PI * hz / 8_000);
  let [last, before] = [0, 0];
  for (const code of audio) {
    const next = (MU_LAW.decoded[code] ?? 0) + turn * last - before;
    [last, before] = [next, last];
  }
  return 2 * Math.sqrt(Math.max(0, last * last + before * before - turn * last * before)) /
    audio.length;
}
