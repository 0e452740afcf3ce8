import { bytesPerMs } from "./playBuffer.ts";

/** Bytes in one frame of 20 ms. */
const frameBytes = 160;

/** The caller's queued speech as frames of mu-law; silence while nothing is queued. */
export class SpeechQueue {
  readonly #queue: Utterance[] = [];
  #queuedBytes = 0;
  #closed = false;
  #words = "";

  /** Queues mu-law; resolves when its last frame has been taken, or at close(). `words` is what is said in it. */
  enqueue(audio: Uint8Array, words = ""): Promise<void> {
    if (this.#queuedBytes + audio.length > maxQueuedBytes) {
      return Promise.reject(
        new RangeError("Cannot say more: ten minutes of speech are already queued"),
      );
    }
    if (audio.length === 0 || this.#closed) return Promise.resolve();
    this.#queuedBytes += audio.length;
    return new Promise((onDone) => this.#queue.push({ audio, words, at: 0, onDone }));
  }

  /**
   * Queues a frame of what goes on without waiting. Silence does not wait in a queue, and what is older than `maxMs`
   * is lost.
   */
  offer(frame: Uint8Array, maxMs: number): void {
    const waitsMs = this.#queuedBytes / bytesPerMs;
    if (waitsMs > silenceWaitsMs && frame.every((code) => code === silence)) return;
    this.enqueue(frame).catch(() => {});
    while (this.#queuedBytes > maxMs * bytesPerMs) this.nextFrame();
  }

  /** Queues that much silence; resolves like enqueue(). */
  silence(ms: number): Promise<void> {
    return this.enqueue(new Uint8Array(Math.round(ms * bytesPerMs)).fill(silence));
  }

  /** Whether something is queued. */
  get isSpeaking(): boolean {
    return this.#queue.length > 0;
  }

  /** Removes the next 20 ms from the queue. */
  nextFrame(): Uint8Array<ArrayBuffer> {
    const frame = new Uint8Array(frameBytes).fill(silence);
    for (let filled = 0; filled < frameBytes;) {
      const utterance = this.#queue[0];
      if (utterance === undefined) break;
      const piece = utterance.audio.subarray(utterance.at, utterance.at + frameBytes - filled);
      frame.set(piece, filled);
      filled += piece.length;
      utterance.at += piece.length;
      this.#queuedBytes -= piece.length;
      if (utterance.at < utterance.audio.length) break;
      this.#queue.shift();
      this.#words = `${this.#words} ${utterance.words}`.trim().slice(-maxCharacters);
      utterance.onDone();
    }
    return frame;
  }

  /** What a recognizer understood since it was asked last: words whose audio has been taken to its end. */
  takeWords(): string {
    const words = this.#words;
    this.#words = "";
    return words;
  }

  /** Drops what is queued and resolves every wait; later audio is dropped too. */
  close(): void {
    this.#closed = true;
    this.drop();
  }

  /** Drops what is queued and resolves every wait. */
  drop(): void {
    for (const utterance of this.#queue.splice(0)) utterance.onDone();
    this.#queuedBytes = 0;
  }
}

interface Utterance {
  readonly audio: Uint8Array;
  readonly words: string;
  at: number;
  readonly onDone: () => void;
}

const silence = 0xff;
const maxCharacters = 2_000;
const silenceWaitsMs = 40;
const maxQueuedBytes = 600_000 * bytesPerMs;
