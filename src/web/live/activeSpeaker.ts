import type { CallEvent } from "../callEvents.ts";

/** Who speaks in a call, by its events. */
export class ActiveSpeaker {
  readonly #speaking = { agent: false, caller: false };
  #isOnHold = false;
  /** From what a phone menu has said until the agent says something. */
  #isInMenu = false;
  /** Of a caller whom the agent does not hear. */
  #away: "ringing" | "person" | undefined;

  /** The agent where both speak; whoever speaks in between, the call is on hold until somebody answers. */
  get who(): "agent" | "caller" | "listen" | "hold" | "menu" | "ringing" | "person" {
    if (this.#away !== undefined) return this.#away;
    if (this.#isOnHold && !this.#speaking.agent) return "hold";
    if (this.#isInMenu && !this.#speaking.agent) return "menu";
    return this.#speaking.agent ? "agent" : this.#speaking.caller ? "caller" : "listen";
  }

  apply(event: CallEvent): void {
    if (event.type === "transfer") this.#away = awayIn(event);
    if (event.type === "menu") this.#isInMenu = true;
    if (event.type === "speaking" && event.who === "agent" && event.on) this.#isInMenu = false;
    if (event.type === "hold") this.#isOnHold = event.on;
    if (event.type === "speaking") this.#speaking[event.who] = event.on;
  }
}

/** Where the caller is after a step of a transfer, if not with the agent. */
function awayIn(
  { step, mode }: Extract<CallEvent, { type: "transfer" }>,
): "ringing" | "person" | undefined {
  if (step === "agent_absent") return "person";
  if (step === "connected") return mode === "conference" ? undefined : "person";
  return mode === "cold" && (step === "ringing" || step === "answered") ? "ringing" : undefined;
}
