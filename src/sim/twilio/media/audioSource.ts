import { bytesPerMs } from "./playBuffer.ts";

/** Bytes in one frame of 20 ms. */
export const frameBytes = 160;

/** What the person on the phone says next, as frames of mu-law; silence when there is nothing. */
export class Mouth {
  readonly #queue: Utterance[] = [];
  #queuedBytes = 0;
  #shut = false;

  /** Says this after what is queued; resolves when its last frame has been taken, or at shut(). */
  say(audio: Uint8Array): Promise<void> {
    if (this.#queuedBytes + audio.length > maxQueuedBytes) {
      return Promise.reject(
        new RangeError("Cannot say more: ten minutes of speech are already queued"),
      );
    }
    if (audio.length === 0 || this.#shut) return Promise.resolve();
    this.#queuedBytes += audio.length;
    return new Promise((done) => this.#queue.push({ audio, at: 0, done }));
  }

  /** Says nothing for that long, after what is queued. */
  silence(ms: number): Promise<void> {
    return this.say(new Uint8Array(Math.round(ms * bytesPerMs)).fill(silence));
  }

  /** Takes the next 20 ms. */
  frame(): Uint8Array<ArrayBuffer> {
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
      utterance.done();
    }
    return frame;
  }

  /** Says nothing any more; whoever waits goes on. */
  shut(): void {
    this.#shut = true;
    for (const utterance of this.#queue.splice(0)) utterance.done();
    this.#queuedBytes = 0;
  }
}

interface Utterance {
  readonly audio: Uint8Array;
  at: number;
  readonly done: () => void;
}

const silence = 0xff;
const maxQueuedBytes = 600_000 * bytesPerMs;
