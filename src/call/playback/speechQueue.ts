import { type AudioFormat, bytesPerMs } from "../../utils/audio/audioFormat.ts";
import type { SpeechRef } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";
import type { SpeechAudio } from "./speechAudio.ts";

/** A stretch of an item's speech. */
export interface Speech {
  readonly ref: SpeechRef;
  readonly audio: SpeechAudio;
  /** Where it begins within its item. */
  readonly offsetMs: number;
  readonly durationMs: number;
}

/** In 3 ms every format has whole groups of base64 characters: there audio is cut without decoding. */
const CUT_MS = 3;
const COMPACT_AFTER = 256;
/** No answer is this long, or in so many pieces: a model that does not stop must not fill our memory. */
const MAX_MS = 5 * 60_000;
const MAX_PIECES = 30_000;

/**
 * Speech that is kept back until the leg needs it, in the order of speaking. Two responses are not
 * heard in turns: what comes of others waits until all of the one that was put first has been said.
 */
export class SpeechQueue {
  #queue: Speech[] = [];
  #head = 0;
  #first: string | undefined;
  #behind: Speech[] = [];
  #totalMs = 0;

  /** Whether nothing can be dequeued now. */
  get isEmpty(): boolean {
    return this.#head >= this.#queue.length;
  }

  /** How many stretches are held, whatever their length. */
  get size(): number {
    return this.#queue.length - this.#head + this.#behind.length;
  }

  get totalMs(): Milliseconds {
    return this.#totalMs;
  }

  get full(): boolean {
    return this.#totalMs > MAX_MS || this.size > MAX_PIECES;
  }

  enqueue(speech: Speech): void {
    const isBehind = this.#first !== undefined && this.#first !== speech.ref.responseId;
    (isBehind ? this.#behind : this.#queue).push(speech);
    this.#totalMs += speech.durationMs;
  }

  /** What came last, or what is left of it, is going to stay for a while. */
  keepNewest(): void {
    if (!this.isEmpty) this.#queue[this.#queue.length - 1]!.audio.keep();
    if (this.#behind.length > 0) this.#behind[this.#behind.length - 1]!.audio.keep();
  }

  /** Puts speech before all that is held. */
  enqueueFirst(speech: readonly Speech[]): void {
    for (const { durationMs } of speech) this.#totalMs += durationMs;
    this.#replace([...speech, ...this.#queue.slice(this.#head)]);
  }

  /** Of two responses that speak at a time, this one is heard first. */
  prioritize(responseId: string): void {
    this.#first = responseId;
  }

  /** A response has said all that it will; true where others have waited for that. */
  endPriority(responseId: string): boolean {
    if (this.#first !== responseId) return false;
    this.#first = undefined;
    for (const speech of this.#behind) this.#queue.push(speech);
    this.#behind = [];
    return true;
  }

  /** Removes about `pieceMs`, a multiple of 3 ms, from the front; never of two items at once. */
  dequeue(pieceMs: Milliseconds, format: AudioFormat): Speech | undefined {
    const first = this.#queue[this.#head];
    if (first === undefined) return undefined;
    if (first.durationMs <= pieceMs * 1.25) {
      if (this.#queue.length === 1) this.#queue.pop();
      else this.#head++;
      // Sums of fractions do not come back to zero by themselves.
      this.#totalMs = this.size === 0 ? 0 : this.#totalMs - first.durationMs;
      if (this.#head > 0 && (this.isEmpty || this.#head >= COMPACT_AFTER)) {
        this.#replace(this.#queue.slice(this.#head));
      }
      return first;
    }
    const [piece, rest] = cut(first, pieceMs, format);
    this.#queue[this.#head] = rest;
    this.#totalMs -= pieceMs;
    return piece;
  }

  /** Drops what was heard already of an item. */
  skip(itemId: string, heardMs: Milliseconds, format: AudioFormat): void {
    this.#keep((speech) => {
      const skippedMs = speech.ref.itemId === itemId ? heardMs - speech.offsetMs : 0;
      if (skippedMs >= speech.durationMs) return undefined;
      const atMs = Math.floor(Math.max(0, skippedMs) / CUT_MS) * CUT_MS;
      return atMs === 0 ? speech : cut(speech, atMs, format)[1];
    });
  }

  /** Drops all of an item. */
  remove(itemId: string): void {
    this.#keep((speech) => speech.ref.itemId === itemId ? undefined : speech);
  }

  clear(): void {
    this.#replace([]);
    this.#first = undefined;
    this.#behind = [];
    this.#totalMs = 0;
  }

  #keep(rest: (speech: Speech) => Speech | undefined): void {
    this.#replace(this.#queue.slice(this.#head).flatMap((speech) => rest(speech) ?? []));
    this.#totalMs = [...this.#queue, ...this.#behind].reduce((ms, one) => ms + one.durationMs, 0);
  }

  #replace(queue: Speech[]): void {
    this.#queue = queue;
    this.#head = 0;
  }
}

function cut(speech: Speech, atMs: Milliseconds, format: AudioFormat): [Speech, Speech] {
  const { offsetMs, durationMs } = speech;
  const [before, after] = speech.audio.cut(atMs * bytesPerMs(format));
  return [
    { ...speech, audio: before, durationMs: atMs },
    { ...speech, audio: after, offsetMs: offsetMs + atMs, durationMs: durationMs - atMs },
  ];
}
