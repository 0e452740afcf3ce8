import { encodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { createResampler } from "../../../utils/audio/resampler.ts";
import { atLevel } from "../../../sim/sound/atLevel.ts";
import { personSound } from "../../../sim/sound/personSounds.ts";
import { speakSentences, type Voice } from "../../../sim/voice/voice.ts";
import { soundSpans } from "../../ear/soundSpans.ts";
import type { CallerStep, Utterance } from "../../scenario.ts";

/** A sound that a caller makes, ready to be played: mu-law at 8 kHz. */
export interface Clip {
  readonly audio: Uint8Array;
  readonly words: string;
  /** Where it can first and last be heard in it. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What clips are made with. */
export interface ClipSources {
  readonly voices: Readonly<Record<string, Voice>>;
  /** Reads a WAV file that a scenario names, as mu-law. */
  readonly readAudio: (path: string) => Uint8Array;
}

const DEFAULT_VOICE = "rms";

/** Makes the sound of a step before its time has come; undefined for a step without one. */
export async function clipOf(
  step: CallerStep,
  voice: string | undefined,
  sources: ClipSources,
): Promise<Clip | undefined> {
  if (step.type === "say") return await utteranceClip(step.what, voice, sources);
  if (step.type !== "sound") return undefined;
  return clip(encodeG711(MU_LAW, personSound(step.sound, step.levelDb)), "");
}

/** The sound of words, or of a file. */
export async function utteranceClip(
  what: Utterance,
  voice: string | undefined,
  { voices, readAudio }: ClipSources,
): Promise<Clip> {
  if ("audio" in what) return clip(readAudio(what.audio), what.words ?? "");
  const speaker = voices[what.voice ?? voice ?? DEFAULT_VOICE];
  if (speaker === undefined) throw new TypeError("Cannot speak: there is no such voice");
  const resampler = createResampler(speaker.sampleRate, 8000);
  const parts: Int16Array[] = [];
  const say = (sentence: string) => speaker.say(sentence);
  for await (const samples of speakSentences(what.words, say)) {
    parts.push(Int16Array.from(resampler.process(samples)));
  }
  const spoken = Int16Array.from(parts.flatMap((part) => [...part]));
  const samples = what.levelDb === undefined ? spoken : atLevel(spoken, what.levelDb);
  return clip(encodeG711(MU_LAW, samples), what.words);
}

function clip(audio: Uint8Array, words: string): Clip {
  const spans = soundSpans([{ atMs: 0, audio }], "pcmu", { gapMs: Infinity });
  const { fromMs = 0, toMs = audio.length / 8 } = spans[0] ?? {};
  return { audio, words, fromMs, toMs };
}
