/// <reference lib="dom" />
import type { ClientMessage } from "../../protocol/web.ts";
import type { PlaybackReport } from "../audio/playbackMessages.ts";

/** At 20 ms each: what was said longer ago is not worth an answer any more. */
const MAX_FRAMES = 250;
const MAX_MESSAGES = 20;
/** The server may have missed the last reports of an item, and then begun to send the next. */
const MAX_ITEMS = 8;

/** What the caller does while the connection is gone, bounded, and what they have heard. */
export class CallGap {
  #frames: ArrayBuffer[] = [];
  #messages: ClientMessage[] = [];
  readonly #heardMs = new Map<string, number>();

  keepAudio(frame: ArrayBuffer): void {
    this.#frames.push(frame);
    if (this.#frames.length > MAX_FRAMES) this.#frames.shift();
  }

  /** Keeps what the caller wants said; there is nothing to interrupt. */
  keep(message: ClientMessage): void {
    const matters = message.type === "text" || message.type === "dtmf";
    if (matters && this.#messages.length < MAX_MESSAGES) this.#messages.push(message);
  }

  played({ itemId, ms }: PlaybackReport): void {
    this.#heardMs.delete(itemId);
    this.#heardMs.set(itemId, ms);
    const [oldest] = this.#heardMs.keys();
    if (this.#heardMs.size > MAX_ITEMS && oldest !== undefined) this.#heardMs.delete(oldest);
  }

  /** Where each of the last items fell silent. */
  positions(): readonly ClientMessage[] {
    return [...this.#heardMs].map(([itemId, ms]) => ({
      type: "played",
      itemId,
      ms,
      cleared: true,
    }));
  }

  /** What was kept, once. */
  take(): { readonly messages: readonly ClientMessage[]; readonly frames: readonly ArrayBuffer[] } {
    const taken = { messages: this.#messages, frames: this.#frames };
    this.#messages = [];
    this.#frames = [];
    return taken;
  }
}
