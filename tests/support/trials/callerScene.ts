import { type Base64, encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { createResampler } from "../../../src/utils/audio/resampler.ts";
import { framesOf, levelOfPcm16, noise, readRecording, RECORDINGS, sine } from "./speechFixture.ts";

/** What is on a caller's line besides speech; `comfort` is what gateways put in the place of silence. */
export const BACKGROUNDS = ["none", "comfort", "hiss", "hum", "babble"] as const;
export type Background = typeof BACKGROUNDS[number];

export interface CallerScene {
  /** The level of the speech itself, without its pauses; a soft voice has -45. */
  readonly speechDb: number;
  readonly background: Background;
  readonly backgroundDb: number;
  /** How slowly the voice comes in at the beginning of each recording. */
  readonly fadeMs: number;
  /** How much of the line is quiet before and between the recordings. */
  readonly quietMs: number;
}

/** All recordings of human speech on a telephone line: 20 ms frames of mu-law. */
export function framesOfScene(scene: CallerScene): readonly Base64[] {
  const pause = new Float64Array(scene.quietMs * SAMPLES_PER_MS);
  const spoken = RECORDINGS.flatMap((name) => [pause, spokenWords(name, scene)]);
  const line = new Float64Array([...spoken, pause].reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of [...spoken, pause]) {
    line.set(part, at);
    at += part.length;
  }
  const sound = scene.background === "none"
    ? new Float64Array(line.length)
    : atLevel(backgroundSound(scene.background, line.length), scene.backgroundDb);
  const samples = Int16Array.from(line, (sample, i) => clipped(sample + sound[i]!));
  return framesOf(samples, 20 * SAMPLES_PER_MS).map((frame) =>
    encodeBase64(encodeG711(MU_LAW, frame))
  );
}

const SAMPLES_PER_MS = 8;

type RecordingName = typeof RECORDINGS[number];

function telephoned(name: RecordingName): Float64Array {
  return Float64Array.from(createResampler(16_000, 8_000).process(readRecording(name)));
}

/** Without the noise of the room before the first word, which would give it away. */
function spokenWords(name: RecordingName, { speechDb, fadeMs }: CallerScene): Float64Array {
  const recording = telephoned(name);
  const levels = framesOf(Int16Array.from(recording), 80).map(levelOfPcm16);
  const loudestDb = Math.max(...levels);
  const first = levels.findIndex((levelDb) => levelDb > loudestDb - 35);
  const words = recording.subarray(Math.max(0, first - 1) * 80);
  const gain = 10 ** ((speechDb + 6 - loudestDb) / 20);
  const fade = Math.max(1, fadeMs * SAMPLES_PER_MS);
  return words.map((sample, i) => sample * gain * Math.min(1, i / fade));
}

function backgroundSound(background: Exclude<Background, "none">, length: number): Float64Array {
  switch (background) {
    case "comfort":
    case "hiss":
      return Float64Array.from(noise(length, 20_000));
    case "hum": {
      const tone = (hz: number, amplitude: number) =>
        sine({ hz, rateHz: 8_000, length, amplitude });
      const [low, high] = [tone(100, 10_000), tone(300, 4_000)];
      return low.map((sample, i) => sample + high[i]!);
    }
    case "babble": {
      const voices = RECORDINGS.map(telephoned);
      return Float64Array.from(
        { length },
        (_, i) => voices.reduce((sum, voice, n) => sum + voice[(i + n * 9_000) % voice.length]!, 0),
      );
    }
  }
}

function atLevel(sound: Float64Array, levelDb: number): Float64Array {
  const power = sound.reduce((sum, sample) => sum + sample * sample, 0) / sound.length;
  const gain = 32_768 * 10 ** (levelDb / 20) / Math.sqrt(power);
  return sound.map((sample) => sample * gain);
}

function clipped(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample)));
}
