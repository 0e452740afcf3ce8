import { encodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { holdMusic, type MusicStyle } from "../../sound/holdMusic.ts";
import { lineTone } from "../../sound/lineTones.ts";
import type { Random } from "../random.ts";
import type { ToneSound } from "./calleePlan.ts";

const HZ = 8_000;
const FULL_SCALE = 32_768;
const DEFAULT_LEVEL_DB = -18;
/** A tone that began or ended at once would click. */
const RAMP_MS = 5;

/** A tone of one or several sines as mu-law. */
export function toneAudio({ hz, ms, levelDb = DEFAULT_LEVEL_DB }: ToneSound): Uint8Array {
  const parts = typeof hz === "number" ? [hz] : hz;
  const peak = amplitude(levelDb) * Math.SQRT2 / Math.sqrt(Math.max(1, parts.length));
  const samples = new Int16Array(Math.round(ms * HZ / 1_000));
  const ramp = RAMP_MS * HZ / 1_000;
  for (let i = 0; i < samples.length; i++) {
    const gain = Math.min(1, (i + 1) / ramp, (samples.length - i) / ramp);
    let sum = 0;
    for (const part of parts) sum += Math.sin(2 * Math.PI * part * i / HZ);
    samples[i] = Math.round(peak * gain * sum);
  }
  return encodeG711(MU_LAW, samples);
}

/** What a caller hears while it rings, in North America. */
export function ringbackAudio(ms: number): Uint8Array {
  return encodeG711(MU_LAW, lineTone("ringback", ms));
}

/** Music as it is played to those who wait. */
export function musicAudio(ms: number, style: MusicStyle = "piano"): Uint8Array {
  let loop = loops.get(style);
  if (loop === undefined) {
    loop = encodeG711(MU_LAW, holdMusic(style, LOOP_MS));
    loops.set(style, loop);
  }
  const audio = new Uint8Array(Math.round(ms * HZ / 1_000));
  for (let at = 0; at < audio.length; at += loop.length) {
    audio.set(loop.subarray(0, audio.length - at), at);
  }
  return audio;
}

/** Music takes a while to be made: it comes from a loop, as that of most telephone systems. */
const loops = new Map<MusicStyle, Uint8Array>();
const LOOP_MS = 20_000;

/** Adds noise of a level to mu-law, in place. */
export function addNoise(audio: Uint8Array, levelDb: number, random: Random): void {
  // The sum of two even distributions of that width has this standard deviation.
  const width = amplitude(levelDb) * Math.sqrt(6);
  const { decoded, encoded } = MU_LAW;
  for (let i = 0; i < audio.length; i++) {
    const noise = width * (random() - random());
    const sample = Math.max(-32_768, Math.min(32_767, Math.round(decoded[audio[i]!]! + noise)));
    audio[i] = encoded[sample & 0xffff]!;
  }
}

function amplitude(levelDb: number): number {
  return FULL_SCALE * 10 ** (levelDb / 20);
}
