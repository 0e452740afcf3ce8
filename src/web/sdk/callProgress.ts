/// <reference lib="dom" />
import type { CallState } from "./sdk.d.ts";

/** Derives the state of a call from what happens, and tells each change. */
export class CallProgress {
  #phase: "connecting" | "live" | "lost" | "ended" = "connecting";
  #visitorSpeaks = false;
  #agentSpeaks = false;
  #told: CallState | undefined;
  readonly #onState: ((state: CallState) => void) | undefined;

  constructor(onState: ((state: CallState) => void) | undefined) {
    this.#onState = onState;
    this.#tell();
  }

  get state(): CallState {
    if (this.#phase === "ended" || this.#phase === "connecting") return this.#phase;
    if (this.#phase === "lost") return "reconnecting";
    if (this.#agentSpeaks) return "agent_speaking";
    return this.#visitorSpeaks ? "visitor_speaking" : "listening";
  }

  speaking(who: "caller" | "agent", on: boolean): void {
    if (who === "agent") this.#agentSpeaks = on;
    else this.#visitorSpeaks = on;
    this.#tell();
  }

  enter(phase: "live" | "lost" | "ended"): void {
    if (this.#phase === "ended") return;
    if (phase === "lost") this.#agentSpeaks = this.#visitorSpeaks = false;
    this.#phase = phase;
    this.#tell();
  }

  #tell(): void {
    const { state } = this;
    if (state === this.#told) return;
    this.#told = state;
    this.#onState?.(state);
  }
}
