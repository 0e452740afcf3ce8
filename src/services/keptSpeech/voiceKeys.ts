import type { Agent } from "../../config/agents.ts";
import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import { present } from "../../utils/present.ts";
import { sha256 } from "../../utils/sha256.ts";

/** The formats of calls: by phone, and from browsers. */
export const callFormats = ["pcmu", "pcm24k"] as const satisfies readonly AudioFormat[];

/** Whose voice a sentence is in. */
export interface Voice {
  readonly agent: string;
  /** The server that the model is asked of: names of models and voices are its own. */
  readonly server: string;
  readonly model: string;
  readonly voice: string;
  readonly speed?: number;
  readonly format: AudioFormat;
}

/** The voice of an agent in one format. */
export function voiceOf(
  { name, model, voice, speed }: Agent,
  format: AudioFormat,
  defaults: Pick<Voice, "server" | "model">,
): Voice {
  return {
    ...defaults,
    agent: name,
    voice,
    format,
    ...present({ model, speed }),
  };
}

/** The key of some words in a voice; it does not show the words. */
export function keyOf(voice: Voice, text: string): string {
  const { agent, server, model, speed, format } = voice;
  const parts = [agent, server, model, voice.voice, speed ?? null, format, text];
  return sha256(JSON.stringify(parts)).toHex();
}

/** The sentence of an agent, by its name, that a change of its words or voice replaces. */
export function subjectOf({ agent, format }: Voice, name: string): string {
  return `${agent} ${name} ${format}`;
}
