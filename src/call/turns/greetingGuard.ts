import type { CallParts } from "../callParts.ts";
import type { AgentSpeech } from "../playback/agentSpeech.ts";
import type { Turns } from "./turns.ts";

/** Keeps a greeting that has to be heard whole from being cut off by the caller. */
export class GreetingGuard {
  readonly #turns: Turns;
  readonly #voice: AgentSpeech;
  #state: "before" | "during" | "over";

  constructor({ policy, turns, voice }: CallParts) {
    this.#turns = turns;
    this.#voice = voice;
    const guarded = policy.greetingProtected && policy.greeting !== undefined;
    this.#state = guarded ? "before" : "over";
  }

  /** Whether the agent may not be interrupted. */
  get holds(): boolean {
    return this.#state === "during";
  }

  asked(): void {
    if (this.#state === "before") this.#state = "during";
  }

  /** The greeting is over when all that was said so far has been heard. */
  tick(modelReady: boolean): void {
    if (this.#state !== "during" || !modelReady) return;
    const due = this.#turns.current?.purpose === "greeting" || this.#turns.owes("greeting");
    if (!due && !this.#voice.audible) this.#state = "over";
  }
}
