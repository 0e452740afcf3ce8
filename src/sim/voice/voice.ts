import { createFliteVoice, type FliteSpeaker } from "./fliteVoice.ts";
import { createToneVoice } from "./toneVoice.ts";

/** Something that says sentences aloud. */
export interface Voice {
  /** Samples per second of all that it says. */
  readonly sampleRate: number;
  /** Says one sentence; resolves with nothing at once when `signal` is aborted before its turn. */
  say(sentence: string, signal?: AbortSignal): Promise<Int16Array>;
  /** Says a text of any length, sentence by sentence, the next being prepared meanwhile. */
  speak(text: string, signal?: AbortSignal): AsyncIterable<Int16Array>;
  /** Frees what the voice holds; idempotent. */
  close(): void;
}

export type VoiceOptions =
  | { readonly kind: "tone"; readonly msPerCharacter?: number }
  | { readonly kind: "flite"; readonly voice?: FliteSpeaker };

/** Opens a voice: Flite's real one in a worker, or a tone that costs nothing and never varies. */
export function createVoice(options: VoiceOptions): Voice {
  return options.kind === "tone" ? createToneVoice(options) : createFliteVoice(options);
}
