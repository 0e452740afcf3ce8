import type { MachineParts } from "../machine/machineParts.ts";
import * as prompts from "../model/prompts.ts";
import type { Milliseconds } from "../types.ts";

/** The agent's greeting: asked for once, and where it has to be heard whole, not to be interrupted. */
export class Greeting {
  readonly #call: MachineParts;
  #isAsked = false;
  #holds = false;

  constructor(call: MachineParts) {
    this.#call = call;
  }

  /** Whether the agent may not be interrupted. */
  get holds(): boolean {
    return this.#holds;
  }

  /** The call is answered and the model ready; too late where the call is `closing`. */
  ask(closing: boolean, now: Milliseconds): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const { greeting, greetingProtected } = this.#call.policy;
    if (greeting === undefined || closing) return;
    this.#holds = greetingProtected;
    this.#call.turns.ask(prompts.greeting(greeting), now);
  }

  /** The greeting is over when all that was said so far has been heard. */
  tick(modelReady: boolean): void {
    if (!this.#holds || !modelReady) return;
    const { turns, speech } = this.#call;
    const due = turns.current?.purpose === "greeting" || turns.owes("greeting");
    if (!due && !speech.audible) this.#holds = false;
  }
}
