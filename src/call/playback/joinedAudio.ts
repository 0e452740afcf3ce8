import { SpeechAudio } from "./speechAudio.ts";

/** Audio that follows each other without a gap, copied into one array: many pieces cost one object. */
export class JoinedAudio {
  #bytes: Uint8Array;
  #length = 0;

  constructor(first: SpeechAudio) {
    this.#bytes = new Uint8Array(first.byteLength);
    this.append(first);
  }

  append(audio: SpeechAudio): void {
    const start = this.#length;
    this.#length += audio.byteLength;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, LEAST_GROWN, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    audio.copyTo(start === 0 ? this.#bytes : this.#bytes.subarray(start));
  }

  /** All of it so far, to be read at once: a later `append` may change the array. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** All of it so far; a later `append` does not change it. */
  get audio(): SpeechAudio {
    return new SpeechAudio(this.bytes);
  }
}

/** Some pieces of 20 ms of a phone line. */
const LEAST_GROWN = 1024;
