import type { KeptSentences } from "../playback/keptSentences.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import * as prompts from "../model/prompts.ts";
import type { Milliseconds } from "../types.ts";

/** What the moment of the greeting depends on. */
interface Beginning {
  /** The caller can hear the agent. */
  readonly joined: boolean;
  /** The call was answered, though the caller may not hear the agent yet. */
  readonly answered: boolean;
  readonly modelReady: boolean;
  readonly closing: boolean;
}

/**
 * The agent's greeting: said once, by itself where it is kept, else by the model; and where it has to be
 * heard whole, not to be interrupted.
 */
export class Greeting {
  readonly #call: MachineParts;
  readonly #kept: KeptSentences;
  #isKept = false;
  #isAsked = false;
  #holds = false;

  constructor(call: MachineParts, kept: KeptSentences) {
    this.#call = call;
    this.#kept = kept;
  }

  /** Whether the agent may not be interrupted. */
  get holds(): boolean {
    return this.#holds;
  }

  /** Whether the agent is still to speak first. */
  get isOwed(): boolean {
    return !this.#isAsked && this.#call.policy.greeting !== undefined;
  }

  /** It needs no model. */
  keep(): void {
    this.#isKept = true;
  }

  /** Says it when its moment has come; too late where the call is `closing`. */
  ask({ joined, answered, modelReady, closing }: Beginning, now: Milliseconds): void {
    // A model is asked as soon as the call is answered; a kept one is there when the leg is.
    const isDue = this.#isKept ? joined : modelReady && (joined || answered);
    if (this.#isAsked || !isDue) return;
    this.#isAsked = true;
    const { greeting, greetingProtected } = this.#call.policy;
    if (greeting === undefined || closing) return;
    this.#holds = greetingProtected;
    if (this.#isKept) this.#kept.speak("greeting");
    else this.#call.turns.ask(prompts.greeting(greeting), now);
  }

  /** The greeting is over when all that was said so far has been heard. */
  tick(modelReady: boolean): void {
    if (!this.#holds || !modelReady && !this.#isKept) return;
    const { turns, speech } = this.#call;
    const due = turns.current?.purpose === "greeting" || turns.owes("greeting") ||
      this.#kept.pending;
    if (!due && !speech.audible) this.#holds = false;
  }
}
