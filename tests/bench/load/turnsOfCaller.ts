import { FRAME_BYTES, readStamp } from "./frames.ts";

/** So many frames without sound end a turn: half a second, as with OpenAI. */
const QUIET_FRAMES = 25;

/** Finds the turns of a caller's: the first frame with sound begins one, half a second without any ends it. */
export class TurnsOfCaller {
  #speaking = false;
  #quiet = 0;
  #count = 0;

  /** Turns that have begun. */
  get count(): number {
    return this.#count;
  }

  hear(audio: string): "began" | "ended" | undefined {
    const bytes = Uint8Array.fromBase64(audio);
    for (let at = 0; at + FRAME_BYTES <= bytes.length; at += FRAME_BYTES) {
      const { isLoud } = readStamp(bytes.subarray(at, at + FRAME_BYTES));
      this.#quiet = isLoud ? 0 : this.#quiet + 1;
      if (isLoud && !this.#speaking) {
        this.#speaking = true;
        this.#count++;
        return "began";
      }
      if (this.#speaking && this.#quiet >= QUIET_FRAMES) {
        this.#speaking = false;
        return "ended";
      }
    }
    return undefined;
  }
}
