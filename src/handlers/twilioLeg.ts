import type { CallLeg, SpeechPiece } from "../call/callLeg.ts";
import type { CallEnd } from "../call/types.ts";
import { createTwilioWriter, type TwilioWriter } from "../protocol/twilio.ts";

/** The part of a WebSocket that a phone leg uses. */
export interface MediaSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

/** The caller's end of a phone call, written to the media socket that the handler owns. */
export class TwilioLeg implements CallLeg {
  readonly format = "pcmu";
  readonly reports = "marks";
  readonly #socket: MediaSocket;
  readonly #write: TwilioWriter;
  #dropped = 0;
  #sent = 0;
  #stuck = false;
  #open = true;

  /** `replaced` hears that the call's next stream is there before this one's end. */
  constructor(socket: MediaSocket, streamSid: string, readonly replaced: () => void) {
    this.#socket = socket;
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
    // Without its audio a mark would say that something was heard which never was.
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

  close(_end: CallEnd): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.close(1000);
  }

  /** Nothing is written any more. */
  detach(): void {
    this.#open = false;
  }

  #send(message: string): boolean {
    if (!this.#open || this.#socket.readyState !== WebSocket.OPEN) return false;
    // Asking the socket is a call into the runtime; a few messages more are nothing to the limit.
    if (this.#stuck || this.#sent++ % MESSAGES_UNASKED === 0) this.#stuck = this.stuck;
    if (this.#stuck) {
      this.#dropped++;
      return false;
    }
    this.#socket.send(message);
    return true;
  }
}

/** Half a minute of mu-law audio in base64 and JSON: no network delay explains more. */
const MAX_BUFFERED_BYTES = 512 * 1024;
const MESSAGES_UNASKED = 16;
