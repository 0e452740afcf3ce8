import {
  type Base64,
  base64ByteLength,
  decodeBase64,
  encodeBase64,
} from "../../utils/audio/audioFormat.ts";

/** A stretch of audio: as the text that came, until it is kept. */
export class SpeechAudio {
  #text: Base64 | undefined;
  #bytes: Uint8Array | undefined;

  constructor(audio: Base64 | Uint8Array) {
    if (typeof audio === "string") this.#text = audio;
    else this.#bytes = audio;
  }

  get base64(): Base64 {
    return this.#text ?? encodeBase64(this.#bytes!);
  }

  get byteLength(): number {
    return this.#text === undefined ? this.#bytes!.length : base64ByteLength(this.#text);
  }

  /**
   * It will be needed for seconds: as bytes, because a text holds on to the whole message that it was cut
   * from, and V8's collector would move all of it to its old generation.
   */
  keep(): void {
    if (this.#text === undefined) return;
    this.#bytes = decodeBase64(this.#text);
    this.#text = undefined;
  }

  /** Writes the bytes, for which there is room. */
  copyTo(target: Uint8Array): void {
    if (this.#text === undefined) target.set(this.#bytes!);
    else target.setFromBase64(this.#text);
  }

  /** Cuts at a multiple of 3 bytes; neither part copies anything. */
  cut(atByte: number): [SpeechAudio, SpeechAudio] {
    const whole = this.#text ?? this.#bytes!;
    const at = typeof whole === "string" ? (atByte * 4) / 3 : atByte;
    return typeof whole === "string"
      ? [new SpeechAudio(whole.slice(0, at)), new SpeechAudio(whole.slice(at))]
      : [new SpeechAudio(whole.subarray(0, at)), new SpeechAudio(whole.subarray(at))];
  }
}

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

  get audio(): SpeechAudio {
    return new SpeechAudio(this.#bytes.subarray(0, this.#length));
  }
}

/** Some pieces of 20 ms of a phone line. */
const LEAST_GROWN = 1024;
