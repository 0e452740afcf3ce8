import { type KeptName, keptNames, type KeptSentence } from "../../call/keptSpeech.ts";
import type { Agent, Agents } from "../../config/agents.ts";
import { type AudioFormat, type Base64, encodeBase64 } from "../../utils/audio/audioFormat.ts";
import { A_LAW, encodeG711, MU_LAW } from "../../utils/audio/g711.ts";
import { createResampler } from "../../utils/audio/resampler.ts";
import type { Sound } from "../../utils/audio/wav.ts";
import { callFormats } from "./voiceKeys.ts";

/** The sentences that operators have recorded themselves. */
export type RecordedSounds = (
  agent: string,
  name: KeptName,
  format: AudioFormat,
) => KeptSentence | undefined;

/** Converts the WAV files of all agents, once, to the formats of calls. */
export function convertSounds(
  agents: Agents,
  textOf: (agent: Agent, name: KeptName) => string | undefined,
): RecordedSounds {
  const sentences = new Map<string, KeptSentence>();
  for (const agentName of agents.names) {
    const agent = agents.get(agentName);
    if (agent === undefined) continue;
    for (const name of keptNames) {
      const sound = agent.sounds?.[name];
      const text = textOf(agent, name);
      if (sound === undefined || text === undefined) continue;
      for (const format of callFormats) {
        sentences.set(keyOf(agentName, name, format), { text, audio: encodeSound(sound, format) });
      }
    }
  }
  return (agent, name, format) => sentences.get(keyOf(agent, name, format));
}

function keyOf(agent: string, name: KeptName, format: AudioFormat): string {
  return `${agent} ${name} ${format}`;
}

/** A sound as the wires of calls carry it. */
export function encodeSound({ hz, samples }: Sound, format: AudioFormat): Base64 {
  const resampled = createResampler(hz, format === "pcm24k" ? 24_000 : 8000).process(samples);
  return encodeBase64(
    format === "pcm24k"
      ? new Uint8Array(resampled.buffer)
      : encodeG711(format === "pcmu" ? MU_LAW : A_LAW, resampled),
  );
}
