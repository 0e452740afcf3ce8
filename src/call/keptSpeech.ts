import type { Base64 } from "../utils/audio/audioFormat.ts";
import type { ModelSink, SpeechRef } from "./realtimeClient.ts";

/** The fixed sentences that each agent has one of, and that may be kept as audio. */
export const keptNames = ["greeting", "bridge", "apology"] as const;
/** `opening`: one of the sentences that come before the greeting. */
export type KeptName = (typeof keptNames)[number] | "opening";

/** The item id of the `count`th kept sentence of a call. */
export function keptItemId(name: KeptName, count: number): string {
  return `kept_${name}_${count}`;
}

/** How many kept sentences a call has had at least, by the ids of its items: sounds without words are no items. */
export function keptCount(itemIds: readonly string[]): number {
  const counts = itemIds.map((id) => Number(/^kept_[a-z]+_(\d{1,9})$/.exec(id)?.[1] ?? 0));
  return Math.max(0, ...counts);
}

/** A sentence as an agent's voice has spoken it, in the format of a call. */
export interface KeptSentence {
  /** Empty for a sound without words, which is no line of the transcript. */
  readonly text: string;
  readonly audio: Base64;
}

/** What becomes known of kept sentences during a call. */
export type KeptSpeechInput =
  /** The greeting can be spoken without the model; of no effect once the model was asked for it. */
  | { readonly type: "greetingKept" }
  /** The audio of a sentence was given to `speech`, whole. */
  | { readonly type: "keptSpoken"; readonly ref: SpeechRef; readonly text: string }
  /** There is no such sentence. */
  | { readonly type: "keptMissing"; readonly ref: SpeechRef };

/** What one call's agent can say without its model. None of it waits. */
export interface KeptSpeech {
  /**
   * Undefined where it has never been spoken, or not in this voice; a tone in place of a bridge. `text` tells
   * which opening is meant.
   */
  get(name: KeptName, text?: string): KeptSentence | undefined;
  /** What a caller hears who waits for a person; to be repeated. */
  waiting?(): Base64;
  /** Passes everything on, and keeps the greeting and the openings that the model has said all of. */
  listen(sink: ModelSink): ModelSink;
}
