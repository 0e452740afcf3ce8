import type { CallEvent, TranscriptTurn } from "../../call/callEvent.ts";

/** Finds which of a call's turns is the agent's greeting. */
export class GreetingTurn {
  /** Empty where the greeting is not, or will not be, known. */
  #id: string | undefined;
  /** Sentences that have to be heard, of which some come before the greeting. */
  readonly #openings = new Set<string>();

  /** Of a call that an earlier session began, the greeting was said before. */
  constructor({ isResumed }: { readonly isResumed: boolean }) {
    if (isResumed) this.#id = "";
  }

  mustBeHeard({ text }: Extract<CallEvent, { type: "mustHear" }>): void {
    this.#openings.add(text.trim());
  }

  /** Whether this is it: the first turn of the agent's in the conversation that is no such sentence. */
  is({ id, role, final, aside, text, unheard }: TranscriptTurn): boolean {
    if (this.#id !== undefined) return this.#id === id;
    const whole = `${text} ${unheard ?? ""}`.trim();
    if (role !== "agent" || !final || aside === true || whole === "") return false;
    if (id.startsWith("kept_opening_") || this.#openings.has(whole)) return false;
    this.#id = id;
    return true;
  }
}
