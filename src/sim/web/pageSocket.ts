import {
  type ClientMessage,
  closeCodes,
  TOKEN_PROTOCOL_PREFIX,
  WEB_PROTOCOL,
} from "../../protocol/web.ts";
import { createDelayLine, type DelayLine, type LinkOptions } from "../twilio/media/delayLine.ts";
import type { Random } from "../twilio/random.ts";
import type { SimClock } from "../twilio/simClock.ts";

export interface PageSocketOptions {
  /** The server's origin, over http. */
  readonly origin: string;
  /** Of `POST /api/web/session`. */
  readonly token: string;
  readonly clock: SimClock;
  readonly random: Random;
  readonly toApp?: LinkOptions | undefined;
  readonly fromApp?: LinkOptions | undefined;
  readonly onData: (data: unknown) => void;
  readonly onClosed: () => void;
}

/** The page's connection to `/web`, each way as late as its link. */
export class PageSocket {
  readonly #socket: WebSocket;
  readonly #toApp: DelayLine;
  readonly #fromApp: DelayLine;

  constructor(
    { origin, token, clock, random, toApp, fromApp, onData, onClosed }: PageSocketOptions,
  ) {
    this.#toApp = createDelayLine(clock, random, toApp);
    this.#fromApp = createDelayLine(clock, random, fromApp);
    this.#socket = new WebSocket(`${origin.replace(/^http/, "ws")}/web`, {
      protocols: [WEB_PROTOCOL, `${TOKEN_PROTOCOL_PREFIX}${token}`],
      headers: { origin },
    });
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onmessage = ({ data }) => this.#fromApp.send(() => onData(data));
    this.#socket.onclose = () => this.#fromApp.send(onClosed);
    this.#socket.onerror = () => {};
  }

  send(message: ClientMessage): void {
    this.#toApp.send(() => this.#write(JSON.stringify(message)));
  }

  sendAudio(audio: Uint8Array<ArrayBuffer>): void {
    this.#toApp.send(() => this.#write(audio));
  }

  /** Whether its end will be told: one that is still connecting may never be told that it is closed. */
  hangUp(): boolean {
    const { readyState } = this.#socket;
    if (readyState <= WebSocket.OPEN) this.#socket.close(closeCodes.hangUp);
    return readyState === WebSocket.OPEN;
  }

  /** Whatever is still on its way is lost. */
  close(): void {
    this.#toApp.close();
    this.#fromApp.close();
  }

  #write(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data);
  }
}
