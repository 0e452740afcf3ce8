import { A_LAW, MU_LAW } from "../../utils/audio/g711.ts";
import { frameBytes, type SampleFile } from "./sampleFile.ts";

/** The least and the most that a sample can be. */
const LOUDEST = 32_768;

/**
 * How far both sides are from silence at their loudest, from 0 to 1 in 65535 steps, between every two of the
 * edges: the caller and the agent in turn. Where the audio ends before, it is silent.
 */
export function peaksBetween(
  file: SampleFile,
  edges: Float64Array<ArrayBuffer>,
): Uint16Array<ArrayBuffer> {
  const [first = 0] = edges;
  const frame = frameBytes(file.format);
  const count = Math.max(0, (edges.at(-1) ?? 0) - first);
  const audio = file.read(first * frame, count * frame);
  const samples = file.format === "pcm24k"
    ? new Int16Array(audio.buffer, 0, Math.floor(audio.length / 2))
    : audio;
  const loudness = file.format === "pcm24k" ? undefined : LOUDNESS[file.format];
  const peaks = new Uint16Array(2 * Math.max(0, edges.length - 1));
  for (let part = 0; part + 1 < edges.length; part++) {
    const end = Math.min(2 * (edges[part + 1]! - first), samples.length);
    let caller = 0;
    let agent = 0;
    for (let at = 2 * (edges[part]! - first); at + 1 < end; at += 2) {
      const left = loudness === undefined ? Math.abs(samples[at]!) : loudness[samples[at]!]!;
      const right = loudness === undefined
        ? Math.abs(samples[at + 1]!)
        : loudness[samples[at + 1]!]!;
      if (left > caller) caller = left;
      if (right > agent) agent = right;
    }
    peaks[2 * part] = toStep(caller);
    peaks[2 * part + 1] = toStep(agent);
  }
  return peaks;
}

const LOUDNESS = {
  pcmu: Uint16Array.from(MU_LAW.decoded, Math.abs),
  pcma: Uint16Array.from(A_LAW.decoded, Math.abs),
} as const;

function toStep(loudness: number): number {
  return Math.round(loudness / LOUDEST * 65_535);
}
