import { base64ByteLength, decodeBase64, isBase64 } from "../../utils/audio/audioFormat.ts";
import { joinBytes } from "../../utils/joinBytes.ts";

/** The audio a session has heard, up to a limit; what comes after it is left out. */
export class KeptAudio {
  readonly #maxBytes: number;
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): Uint8Array {
    return joinBytes(this.#parts);
  }

  append(audio: string): void {
    if (this.#length + base64ByteLength(audio) > this.#maxBytes || !isBase64(audio)) return;
    const part = decodeBase64(audio);
    this.#parts.push(part);
    this.#length += part.length;
  }
}
