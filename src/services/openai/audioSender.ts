import type { Base64 } from "../../utils/audio/audioFormat.ts";
import type { ModelSocket } from "./socket.ts";
import { audioAppend } from "./wire/clientRequests.ts";

/** Asking a socket what is waiting in it costs too much for every frame. */
const CHECK_EVERY_BYTES = 16_384;

/** Sends the caller's audio; drops it while the server does not take what it was sent before. */
export class AudioSender {
  readonly #socket: ModelSocket;
  readonly #maxBufferedBytes: number;
  #bytesUnchecked = CHECK_EVERY_BYTES;
  #dropped = 0;

  constructor(socket: ModelSocket, maxBufferedBytes: number) {
    this.#socket = socket;
    this.#maxBufferedBytes = maxBufferedBytes;
  }

  /** Messages that were not sent. */
  get dropped(): number {
    return this.#dropped;
  }

  send(audio: Base64): void {
    if (this.#bytesUnchecked >= CHECK_EVERY_BYTES) {
      if (this.#socket.bufferedAmount > this.#maxBufferedBytes) return void this.#dropped++;
      this.#bytesUnchecked = 0;
    }
    this.#bytesUnchecked += audio.length;
    this.#socket.send(audioAppend(audio));
  }
}
