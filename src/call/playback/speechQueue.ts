import { type AudioFormat, type Base64, bytesPerMs } from "../../utils/audioFormat.ts";
import type { SpeechRef } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";

/** A stretch of an item's speech. */
export interface Speech extends SpeechRef {
  readonly audio: Base64;
  /** Where it begins within its item. */
  readonly offsetMs: number;
  readonly durationMs: number;
}

/** In 3 ms every format has whole groups of base64 characters: there audio is cut without decoding. */
const CUT_MS = 3;
const COMPACT_AFTER = 256;

/** Speech that is kept back until the leg needs it, in the order of speaking. */
export class SpeechQueue {
  #queue: Speech[] = [];
  #head = 0;
  #totalMs = 0;

  /** How many stretches are held, whatever their length. */
  get size(): number {
    return this.#queue.length - this.#head;
  }

  get isEmpty(): boolean {
    return this.#head >= this.#queue.length;
  }

  get totalMs(): Milliseconds {
    return this.#totalMs;
  }

  enqueue(speech: Speech): void {
    this.#queue.push(speech);
    this.#totalMs += speech.durationMs;
  }

  /** Puts speech before all that is held. */
  enqueueFirst(speech: readonly Speech[]): void {
    this.#queue = [...speech, ...this.#queue.slice(this.#head)];
    this.#head = 0;
    for (const { durationMs } of speech) this.#totalMs += durationMs;
  }

  /** Removes about `pieceMs`, a multiple of 3 ms, from the front; never of two items at once. */
  dequeue(pieceMs: Milliseconds, format: AudioFormat): Speech | undefined {
    const first = this.#queue[this.#head];
    if (first === undefined) return undefined;
    if (first.durationMs <= pieceMs * 1.25) {
      this.#drop(first);
      return first;
    }
    const [piece, rest] = cut(first, pieceMs, format);
    this.#queue[this.#head] = rest;
    this.#totalMs -= pieceMs;
    return piece;
  }

  /** Drops what was heard already of an item. */
  skip(itemId: string, heardMs: Milliseconds, format: AudioFormat): void {
    const kept: Speech[] = [];
    for (const speech of this.#queue.slice(this.#head)) {
      const skippedMs = speech.itemId === itemId ? heardMs - speech.offsetMs : 0;
      if (skippedMs >= speech.durationMs) continue;
      const atMs = Math.floor(Math.max(0, skippedMs) / CUT_MS) * CUT_MS;
      kept.push(atMs === 0 ? speech : cut(speech, atMs, format)[1]);
    }
    this.clear();
    for (const speech of kept) this.enqueue(speech);
  }

  /** Drops all of an item. */
  remove(itemId: string): void {
    for (const speech of this.drain()) if (speech.itemId !== itemId) this.enqueue(speech);
  }

  /** Gives all that is held, and holds nothing any more. */
  drain(): readonly Speech[] {
    const all = this.#queue.slice(this.#head);
    this.clear();
    return all;
  }

  clear(): void {
    this.#queue = [];
    this.#head = 0;
    this.#totalMs = 0;
  }

  #drop(first: Speech): void {
    this.#head++;
    this.#totalMs -= first.durationMs;
    if (this.isEmpty) this.clear();
    else if (this.#head >= COMPACT_AFTER) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}

function cut(speech: Speech, atMs: Milliseconds, format: AudioFormat): [Speech, Speech] {
  const { audio, offsetMs, durationMs } = speech;
  const characters = (atMs * bytesPerMs(format) * 4) / 3;
  return [
    { ...speech, audio: audio.slice(0, characters), durationMs: atMs },
    {
      ...speech,
      audio: audio.slice(characters),
      offsetMs: offsetMs + atMs,
      durationMs: durationMs - atMs,
    },
  ];
}
