import type { Base64 } from "../../utils/audio/audioFormat.ts";
import { keptCount, keptItemId, type KeptName, type KeptSpeechInput } from "../keptSpeech.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { SpeechRef } from "../realtimeClient.ts";
import { present } from "../../utils/present.ts";
import type { Milliseconds } from "../types.ts";

type Parts = Pick<MachineParts, "commands" | "transcript" | "latency" | "speech">;

/**
 * Sentences that are spoken without the model: played, interrupted and recorded like its own.
 *
 * The greeting and what comes before it are part of the conversation: the model is told their text, and told
 * again when the caller has cut one off. Bridges and apologies are not, and the model is not told of them.
 */
export class KeptSentences {
  readonly #call: Parts;
  #count: number;
  #hasGreeting = false;
  /** The last that was played is a bridge, and nothing of the model came after it. */
  #bridges = false;
  #isTone = false;
  #asked: { readonly name: KeptName; readonly ref: SpeechRef } | undefined;

  /** `before` has the ids of the call's turns so far: none is used twice. */
  constructor(call: Parts, before: readonly string[]) {
    this.#call = call;
    this.#count = keptCount(before);
  }

  /** Whether a sentence was requested and it is not known yet whether it is kept. */
  get pending(): boolean {
    return this.#asked !== undefined;
  }

  /** Returns the id of its item and response. */
  speak(name: KeptName, text?: string): string {
    const id = keptItemId(name, ++this.#count);
    const ref = { responseId: id, itemId: id, contentIndex: 0 };
    this.#asked = { name, ref };
    this.#call.commands.push({ type: "speakKept", name, ref, ...present({ text }) });
    return id;
  }

  /** Whether some audio is that of a kept sentence. */
  owns({ responseId }: SpeechRef): boolean {
    return this.#asked?.ref.responseId === responseId;
  }

  play(ref: SpeechRef, audio: Base64, durationMs: Milliseconds, now: Milliseconds): void {
    const { speech, latency } = this.#call;
    if (isConversation(this.#asked?.name)) {
      speech.responses.saidWithoutModel(ref.responseId);
      latency.abandon();
    } else speech.responses.saidBeside(ref.responseId);
    speech.play(ref, audio, durationMs, now);
  }

  /** Whether the greeting needs no model. */
  get hasGreeting(): boolean {
    return this.#hasGreeting;
  }

  /** Whether the caller hears a bridge, and nothing else. */
  get isBridging(): boolean {
    return this.#bridges && this.#call.speech.audible;
  }

  /** Whether the last bridge was a sound without words. */
  get isTone(): boolean {
    return this.#isTone;
  }

  /** The model speaks itself. */
  modelSpoke(): void {
    this.#bridges = false;
  }

  /** Handles the news about kept sentences: that one is kept, that its audio is complete, that there is none. */
  handle(input: KeptSpeechInput, now: Milliseconds): void {
    if (input.type === "greetingKept") {
      this.#hasGreeting = true;
      return;
    }
    if (!this.owns(input.ref)) return;
    if (input.type === "keptSpoken") this.#spoken(input.ref, input.text, now);
    this.#asked = undefined;
  }

  #spoken(ref: SpeechRef, text: string, now: Milliseconds): void {
    const name = this.#asked?.name;
    const { commands, transcript, speech } = this.#call;
    const { itemId, responseId } = ref;
    this.#bridges = name === "bridge";
    this.#isTone = text === "";
    if (!this.#isTone) speech.text(ref, text, now);
    if (!isConversation(name)) {
      if (name === "bridge") commands.notice("outage_bridged");
      return speech.asideOver(responseId, now);
    }
    transcript.agent.saidWithoutModel(itemId);
    speech.itemDone(itemId, now);
    if (name === "greeting") commands.notice("greeting_kept");
    commands.request({ type: "said", itemId, text });
  }
}

function isConversation(name: KeptName | undefined): boolean {
  return name === "greeting" || name === "opening";
}
