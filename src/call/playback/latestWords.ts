import type { SpeechRef } from "../realtimeClient.ts";

const MAX_LENGTH = 200;
/** Ends a question in any script that marks questions. */
const QUESTION = /[?？؟՞፧⸮;;]["'”’»)\]\s]*$/;

/** What the agent has written last in the conversation, heard or not. */
export class LatestWords {
  #latest: (SpeechRef & { readonly text: string }) | undefined;

  /** The end of it; "" where nothing was written. */
  get text(): string {
    return this.#latest?.text ?? "";
  }

  /** Whether the agent has left something to the caller to answer. */
  get endInQuestion(): boolean {
    return QUESTION.test(this.text);
  }

  add(ref: SpeechRef, text: string): void {
    const before = this.#latest?.itemId === ref.itemId ? this.#latest.text : "";
    this.#latest = { ...ref, text: (before + text).slice(-MAX_LENGTH) };
  }

  /** Forgets words that were not spoken; returns their item, if they are this response's. */
  takeBack(responseId: string): string | undefined {
    if (this.#latest?.responseId !== responseId) return undefined;
    const { itemId } = this.#latest;
    this.#latest = undefined;
    return itemId;
  }
}
