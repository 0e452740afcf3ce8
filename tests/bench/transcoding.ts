/** Transcoding: seconds of audio for each second of computing, in frames of 20 ms, one core. */
import { type AudioFormat, bytesPerMs } from "../../src/utils/audio/audioFormat.ts";
import { createTranscoder } from "../../src/utils/audioTranscode.ts";

const FRAME_MS = 20;
const SECONDS = 60;
const ROUNDS = 9;

const pairs: readonly (readonly [AudioFormat, AudioFormat])[] = [
  ["pcmu", "pcm24k"],
  ["pcm24k", "pcmu"],
  ["pcma", "pcm24k"],
  ["pcm24k", "pcma"],
  ["pcmu", "pcma"],
];

const rows: Record<string, { timesRealTime: number; best: number }> = {};
for (const [from, to] of pairs) {
  const frames = noise(from);
  const rounds = Array.from({ length: ROUNDS }, () => timed(from, to, frames)).sort((a, b) =>
    a - b
  );
  const median = rounds[Math.floor(ROUNDS / 2)] ?? NaN;
  rows[`${from} -> ${to}`] = {
    timesRealTime: Math.round(median),
    best: Math.round(rounds.at(-1) ?? NaN),
  };
}
console.table(rows);

function timed(from: AudioFormat, to: AudioFormat, frames: readonly Uint8Array[]): number {
  const transcode = createTranscoder(from, to);
  const began = performance.now();
  for (const frame of frames) transcode(frame);
  return (SECONDS * 1000) / (performance.now() - began);
}

function noise(format: AudioFormat): readonly Uint8Array[] {
  const size = FRAME_MS * bytesPerMs(format);
  return Array.from(
    { length: (SECONDS * 1000) / FRAME_MS },
    () => crypto.getRandomValues(new Uint8Array(size)),
  );
}
