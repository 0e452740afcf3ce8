import type { KeptSentence } from "../../call/keptSpeech.ts";

interface Entry {
  readonly sentence: KeptSentence;
  readonly keptAt: number;
}

/** Sentences in memory, by key: bounded in size and, where given, in age; the one unused for longest is removed first. */
export class SpeechCache {
  readonly #entries = new Map<string, Entry>();
  readonly #maxBytes: number;
  readonly #maxAgeMs: number;
  #bytes = 0;

  constructor(
    { maxBytes, maxAgeMs = Infinity }: { readonly maxBytes: number; readonly maxAgeMs?: number },
  ) {
    this.#maxBytes = maxBytes;
    this.#maxAgeMs = maxAgeMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string, now: number): KeptSentence | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#remove(key);
    if (now - entry.keptAt > this.#maxAgeMs) return undefined;
    this.#insert(key, entry);
    return entry.sentence;
  }

  keep(key: string, sentence: KeptSentence, now: number): void {
    this.#remove(key);
    if (sizeOf(sentence) > this.#maxBytes) return;
    this.#insert(key, { sentence, keptAt: now });
    for (const [other, { keptAt }] of this.#entries) {
      if (this.#bytes > this.#maxBytes || now - keptAt > this.#maxAgeMs) this.#remove(other);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #insert(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += sizeOf(entry.sentence);
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= sizeOf(entry.sentence);
  }
}

function sizeOf({ text, audio }: KeptSentence): number {
  return 2 * text.length + audio.length;
}
