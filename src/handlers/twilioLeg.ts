import type { CallLeg, SpeechPiece } from "../call/callLeg.ts";
import type { SessionEnd } from "../call/types.ts";
import { createTwilioWriter, type TwilioWriter } from "../protocol/twilio.ts";

/** The part of a WebSocket that a phone leg uses. */
export interface MediaSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string): void;
}

/** The leg of a phone call: writes to the media socket, which the handler owns. */
export class TwilioLeg implements CallLeg {
  readonly format = "pcmu";
  readonly reports = "marks";
  readonly #socket: MediaSocket;
  readonly #write: TwilioWriter;
  #dropped = 0;
  #sent = 0;
  #stuck = false;
  readonly #onEnd: (end: SessionEnd) => void;
  readonly onReplaced: () => void;
  #open = true;

  /**
   * `onReplaced` is called when the call's next stream joins before this one has ended, `onEnd` once when
   * the call has ended here: the socket is still to be closed.
   */
  constructor(
    socket: MediaSocket,
    streamSid: string,
    { onReplaced, onEnd }: {
      readonly onReplaced: () => void;
      readonly onEnd: (end: SessionEnd) => void;
    },
  ) {
    this.#socket = socket;
    this.onReplaced = onReplaced;
    this.#onEnd = onEnd;
    this.#write = createTwilioWriter(streamSid);
  }

  /** Messages not sent because the peer does not read. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether the peer has stopped reading. */
  get stuck(): boolean {
    return this.#socket.bufferedAmount > MAX_BUFFERED_BYTES;
  }

  play({ audio, mark }: SpeechPiece): void {
    // A mark without its audio would report speech as heard that never was.
    if (this.#send(this.#write.media(audio)) && mark !== undefined) {
      this.#send(this.#write.mark(mark));
    }
  }

  mark(name: string): void {
    this.#send(this.#write.mark(name));
  }

  clear(): void {
    this.#send(this.#write.clear);
  }

  notify(): void {}

  /** With `handed_over` too, the carrier is told what follows. */
  close(end: SessionEnd): void {
    if (!this.#open) return;
    this.#open = false;
    this.#onEnd(end);
  }

  /** From now on nothing is written. */
  detach(): void {
    this.#open = false;
  }

  #send(message: string): boolean {
    if (!this.#open || this.#socket.readyState !== WebSocket.OPEN) return false;
    // `bufferedAmount` is a call into the runtime: read only every few messages.
    if (this.#stuck || this.#sent++ % CHECK_EVERY === 0) this.#stuck = this.stuck;
    if (this.#stuck) {
      this.#dropped++;
      return false;
    }
    this.#socket.send(message);
    return true;
  }
}

/** Half a minute of mu-law audio in base64 and JSON: more than any network delay explains. */
const MAX_BUFFERED_BYTES = 512 * 1024;
const CHECK_EVERY = 16;
