import { type Base64, decodeBase64, encodeBase64 } from "../../utils/audio/audioFormat.ts";

/**
 * A stretch of audio that is handed on at once as the text that came, and may then be kept for seconds: as
 * bytes, because the text holds on to the whole message that it was cut from, and V8's collector would
 * move all of it to its old generation.
 */
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

  /** From now on nothing but this object needs the text that came. */
  keep(): void {
    if (this.#text === undefined || this.#text.length < WORTH_DECODING) return;
    this.#bytes = decodeBase64(this.#text);
    this.#text = undefined;
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

/** Characters: below, an array of bytes takes no less than the text. */
const WORTH_DECODING = 1000;
