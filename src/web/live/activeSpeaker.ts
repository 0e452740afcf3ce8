import type { CallEvent } from "../apiTypes.ts";

/** Who speaks in a call, by its events. */
export class ActiveSpeaker {
  readonly #speaking = { agent: false, caller: false };
  #isOnHold = false;

  /** The agent where both speak; whoever speaks in between, the call is on hold until somebody answers. */
  get who(): "agent" | "caller" | "listen" | "hold" {
    if (this.#isOnHold && !this.#speaking.agent) return "hold";
    return this.#speaking.agent ? "agent" : this.#speaking.caller ? "caller" : "listen";
  }

  apply(event: CallEvent): void {
    if (event.type === "hold") this.#isOnHold = event.on;
    if (event.type === "speaking") this.#speaking[event.who] = event.on;
  }
}
