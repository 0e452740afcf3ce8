/** Text to speech. */
export interface Voice {
  /** Samples per second of all that it says. */
  readonly sampleRate: number;
  /** Says one sentence; resolves with nothing at once when `signal` is aborted before its turn. */
  say(sentence: string, signal?: AbortSignal): Promise<Int16Array>;
  /** Says a text of any length, sentence by sentence; the next is prepared while one is used. */
  speak(text: string, signal?: AbortSignal): AsyncIterable<Int16Array>;
  /** Frees what the voice holds; idempotent. */
  close(): void;
}
