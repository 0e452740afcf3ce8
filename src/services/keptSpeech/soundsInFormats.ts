import { keptNames, type KeptSentence } from "../../call/keptSpeech.ts";
import type { Agent } from "../../config/agents.ts";
import type { AgentSounds } from "../../config/agentSounds.ts";
import { type AudioFormat, type Base64, encodeBase64 } from "../../utils/audio/audioFormat.ts";
import { A_LAW, encodeG711, MU_LAW } from "../../utils/audio/g711.ts";
import { createResampler } from "../../utils/audio/resampler.ts";
import type { Sound } from "../../utils/audio/wav.ts";
import { joinBytes } from "../../utils/joinBytes.ts";
import { callFormats } from "./voiceKeys.ts";

type SoundName = (typeof keptNames)[number] | "waiting";

/** What is converted at a time: a millisecond or two of work. */
const SLICE_SAMPLES = 8192;

/** The sentences that operators have recorded themselves, by the definition that names their files. */
export function createSoundsInFormats(
  textOf: (agent: Agent, name: (typeof keptNames)[number]) => string | undefined,
) {
  // A definition may be adapted to a call: its sounds stay the same.
  const sentences = new WeakMap<AgentSounds, ReadonlyMap<string, KeptSentence>>();
  return {
    /** Converts the files of a definition to the formats of calls; `pause` lets what else waits be done. */
    async prepare(agent: Agent, pause = () => Promise.resolve()): Promise<void> {
      if (agent.sounds === undefined) return;
      const converted = new Map<string, KeptSentence>();
      for (const name of [...keptNames, "waiting"] as const) {
        const sound = agent.sounds[name];
        const text = name === "waiting" ? "" : textOf(agent, name);
        if (sound === undefined || text === undefined) continue;
        for (const format of callFormats) {
          const audio = await encodeInSlices(sound, format, pause);
          converted.set(keyOf(name, format), { text, audio });
        }
      }
      sentences.set(agent.sounds, converted);
    },
    get: ({ sounds }: Agent, name: SoundName, format: AudioFormat): KeptSentence | undefined =>
      sounds && sentences.get(sounds)?.get(keyOf(name, format)),
  };
}

function keyOf(name: SoundName, format: AudioFormat): string {
  return `${name} ${format}`;
}

/** A sound as the wires of calls carry it. */
export function encodeSound({ hz, samples }: Sound, format: AudioFormat): Base64 {
  return encodeBase64(createEncoder(hz, format)(samples));
}

async function encodeInSlices(
  { hz, samples }: Sound,
  format: AudioFormat,
  pause: () => Promise<void>,
): Promise<Base64> {
  const encode = createEncoder(hz, format);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < samples.length; at += SLICE_SAMPLES) {
    parts.push(encode(samples.subarray(at, at + SLICE_SAMPLES)));
    await pause();
  }
  return encodeBase64(joinBytes(parts));
}

function createEncoder(
  hz: number,
  format: AudioFormat,
): (samples: Int16Array) => Uint8Array<ArrayBuffer> {
  const resampler = createResampler(hz, format === "pcm24k" ? 24_000 : 8000);
  return function encode(samples) {
    const resampled = resampler.process(samples);
    return format === "pcm24k"
      ? new Uint8Array(resampled.buffer)
      : encodeG711(format === "pcmu" ? MU_LAW : A_LAW, resampled);
  };
}
