import type { CallEvent } from "../apiTypes.ts";

/** Who speaks in a call, by its events. */
export class ActiveSpeaker {
  readonly #speaking = { agent: false, caller: false };

  /** The agent where both speak. */
  get who(): "agent" | "caller" | "listen" {
    return this.#speaking.agent ? "agent" : this.#speaking.caller ? "caller" : "listen";
  }

  apply(event: CallEvent): void {
    if (event.type === "speaking") this.#speaking[event.who] = event.on;
  }
}
