import { type Base64, base64ByteLength, encodeBase64 } from "../../utils/audio/audioFormat.ts";

/** A stretch of audio, which is base64 where it is a text: as it came, until it is kept. */
export class SpeechAudio {
  #audio: Base64 | Uint8Array;

  constructor(audio: Base64 | Uint8Array) {
    this.#audio = audio;
  }

  /** Whether `keep` was called, or it came as bytes. */
  get isKept(): boolean {
    return typeof this.#audio !== "string";
  }

  get base64(): Base64 {
    return typeof this.#audio === "string" ? this.#audio : encodeBase64(this.#audio);
  }

  get byteLength(): number {
    return typeof this.#audio === "string" ? base64ByteLength(this.#audio) : this.#audio.length;
  }

  /**
   * It will be needed for seconds: as bytes, because a text holds on to the whole message that it was cut
   * from, and V8's collector would move all of it to its old generation.
   */
  keep(): void {
    if (typeof this.#audio !== "string") return;
    const bytes = new Uint8Array(this.byteLength);
    this.copyTo(bytes);
    this.#audio = bytes;
  }

  /** Writes the bytes, for which there is room. */
  copyTo(target: Uint8Array): void {
    if (typeof this.#audio === "string") target.setFromBase64(this.#audio);
    else target.set(this.#audio);
  }

  /** Cuts at a multiple of 3 bytes; neither part copies anything. */
  cut(atByte: number): [SpeechAudio, SpeechAudio] {
    const audio = this.#audio;
    if (typeof audio !== "string") {
      return [new SpeechAudio(audio.subarray(0, atByte)), new SpeechAudio(audio.subarray(atByte))];
    }
    const at = (atByte * 4) / 3;
    return [new SpeechAudio(audio.slice(0, at)), new SpeechAudio(audio.slice(at))];
  }
}
