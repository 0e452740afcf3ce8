import type { Base64 } from "../../utils/audio/audioFormat.ts";
import type { CallCommand } from "../callCommand.ts";
import type { KeptSentence, KeptSpeech, KeptSpeechInput } from "../keptSpeech.ts";
import type { SpeechRef } from "../realtimeClient.ts";

/** Speaks the kept sentences that a call's machine asks for. */
export class KeptVoice {
  readonly #kept: () => KeptSpeech | undefined;
  readonly #onInput: (input: KeptSpeechInput) => void;
  readonly #onSpeech: (ref: SpeechRef, audio: Base64) => void;
  /** Held from when the machine was told of it: what is kept may be evicted. */
  #greeting: KeptSentence | undefined;

  constructor(
    kept: () => KeptSpeech | undefined,
    onInput: (input: KeptSpeechInput) => void,
    onSpeech: (ref: SpeechRef, audio: Base64) => void,
  ) {
    this.#kept = kept;
    this.#onInput = onInput;
    this.#onSpeech = onSpeech;
  }

  /** Looked for when the call begins and when its leg comes: it may have been kept in between. */
  findGreeting(): void {
    if (this.#greeting !== undefined) return;
    this.#greeting = this.#kept()?.get("greeting");
    if (this.#greeting !== undefined) this.#onInput({ type: "greetingKept" });
  }

  speak({ name, text, ref }: Extract<CallCommand, { type: "speakKept" }>): void {
    const kept = name === "greeting" ? this.#greeting : this.#kept()?.get(name, text);
    if (kept === undefined) return this.#onInput({ type: "keptMissing", ref });
    this.#onSpeech(ref, kept.audio);
    this.#onInput({ type: "keptSpoken", ref, text: kept.text });
  }
}
