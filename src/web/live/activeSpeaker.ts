import type { CallEvent } from "../apiTypes.ts";

/** Who speaks in a call, by its events. */
export class ActiveSpeaker {
  readonly #speaking = { agent: false, caller: false };
  #isOnHold = false;
  /** From what a phone menu has said until the agent says something. */
  #isInMenu = false;

  /** The agent where both speak; whoever speaks in between, the call is on hold until somebody answers. */
  get who(): "agent" | "caller" | "listen" | "hold" | "menu" {
    if (this.#isOnHold && !this.#speaking.agent) return "hold";
    if (this.#isInMenu && !this.#speaking.agent) return "menu";
    return this.#speaking.agent ? "agent" : this.#speaking.caller ? "caller" : "listen";
  }

  apply(event: CallEvent): void {
    if (event.type === "menu") this.#isInMenu = true;
    if (event.type === "speaking" && event.who === "agent" && event.on) this.#isInMenu = false;
    if (event.type === "hold") this.#isOnHold = event.on;
    if (event.type === "speaking") this.#speaking[event.who] = event.on;
  }
}
