import type { CallEvent } from "../../call/callEvent.ts";
import type { PublishedEvent } from "./eventHub.ts";
import type { SharedEvent } from "./eventRing.ts";

/**
 * An event of this process as a `SharedEvent`. Most events are never read, so the JSON is made at the first
 * reading: until then this holds the event itself, which is not changed after it is published.
 */
export class OwnEvent implements SharedEvent {
  readonly origin: string;
  readonly sequence: number;
  readonly callId: string;
  readonly type: CallEvent["type"];
  readonly keyName: string | undefined;
  readonly #atMs: number;
  /** The event, or its JSON once that has been made. */
  #content: CallEvent | string;

  constructor(origin: string, keyName: string | undefined, published: PublishedEvent) {
    const event = withoutSecrets(published.event);
    this.origin = origin;
    this.sequence = published.id;
    this.callId = published.callId;
    this.type = event.type;
    this.keyName = keyName;
    this.#atMs = published.atMs;
    this.#content = event;
  }

  get data(): string {
    if (typeof this.#content !== "string") {
      const { callId } = this;
      const at = new Date(this.#atMs).toISOString();
      this.#content = JSON.stringify({ callId, at, event: this.#content });
    }
    return this.#content;
  }
}

/** Masks digits that are sensitive, such as those of a card. */
function withoutSecrets(event: CallEvent): CallEvent {
  if (event.type !== "digits" || !event.sensitive) return event;
  return { ...event, digits: "•".repeat(event.digits.length) };
}
