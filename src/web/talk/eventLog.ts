/** `in` from the server, `out` to it, `page` for what the page itself has noticed. */
type EventSource = "in" | "out" | "page";

/** An event of a call, as developers are shown it. */
export interface LoggedEvent {
  readonly id: number;
  /** Milliseconds, of the clock that the log was given. */
  readonly at: number;
  readonly from: EventSource;
  readonly type: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** So many are kept: the latest. */
const MAX_EVENTS = 1000;

/** The latest events of the page's calls; audio that comes in a row counts as one. */
export class EventLog {
  readonly #now: () => number;
  readonly #events: LoggedEvent[] = [];
  #added = 0;
  /** Called with an event that is new, or that has taken the place of the last one. */
  onEvent: (event: LoggedEvent) => void = () => {};

  constructor(now: () => number) {
    this.#now = now;
  }

  get events(): readonly LoggedEvent[] {
    return this.#events;
  }

  add<Message extends { readonly type: string }>(from: EventSource, given: Message): void {
    const { type } = given;
    const message: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(given));
    const last = this.#events.at(-1);
    if (type === "binary" && last?.type === "binary" && last.from === from) {
      const frames = Number(last.value["frames"]) + 1;
      const bytes = Number(last.value["bytes"]) + Number(message["bytes"]);
      const merged = { ...last, value: { ...last.value, frames, bytes } };
      this.#events[this.#events.length - 1] = merged;
      return this.onEvent(merged);
    }
    const value = type === "binary" ? { ...message, frames: 1 } : withoutSecrets(message);
    const event = { id: this.#added++, at: this.#now(), from, type, value };
    this.#events.push(event);
    if (this.#events.length > MAX_EVENTS) this.#events.shift();
    this.onEvent(event);
  }

  clear(): void {
    this.#events.length = 0;
  }
}

/** With a resume token whoever reads a copied log could take the call over; base64 audio tells nobody anything. */
function withoutSecrets(
  message: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if ("resumeToken" in message) return { ...message, resumeToken: "…" };
  if (typeof message["payload"] === "string") {
    return { ...message, payload: `${message["payload"].length} characters` };
  }
  return message;
}
