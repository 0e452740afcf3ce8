import type { CallInput } from "../callInput.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import * as prompts from "../model/prompts.ts";
import type { KeptSentences } from "../playback/keptSentences.ts";
import type { Milliseconds } from "../types.ts";
import { ExactSpeech } from "./exactSpeech.ts";
import type { MustHears } from "./mustHears.ts";

/** What the moment of the opening depends on. */
interface Beginning {
  /** The caller can hear the agent. */
  readonly joined: boolean;
  readonly closing: boolean;
  /** Nobody is there yet who is to hear it, such as while a machine asks who calls. */
  readonly waiting: boolean;
}

/**
 * The sentences of `CallPolicy.opening`: one after another before the greeting, each until its end was heard.
 * Meanwhile the caller interrupts nothing, and what they ask for is answered afterwards. Who hears a part of
 * one, as a connection broke or another session goes on with the call, hears it again from its beginning.
 */
export class Opening {
  readonly #call: MachineParts;
  readonly #kept: Pick<KeptSentences, "speak" | "pending">;
  readonly #sentences: Pick<MustHears, "unheardOpening" | "openingAsked">;
  readonly #recording: { readonly isAsking: boolean };
  readonly #speech: ExactSpeech;
  /** What was to be spoken without the model, while it is not known whether it is kept. */
  #asked: { readonly id: string; readonly text: string; readonly itemId: string } | undefined;
  #isUnderWay = false;
  #wasSaid = false;

  constructor(
    call: MachineParts,
    kept: Pick<KeptSentences, "speak" | "pending">,
    sentences: Pick<MustHears, "unheardOpening" | "openingAsked">,
    recording: { readonly isAsking: boolean },
  ) {
    this.#call = call;
    this.#kept = kept;
    this.#sentences = sentences;
    this.#recording = recording;
    this.#speech = new ExactSpeech(call);
  }

  /** Whether the agent has yet to come to its greeting, and may not be interrupted. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Whether anything came before the greeting here. */
  get wasSaid(): boolean {
    return this.#wasSaid;
  }

  follow(input: CallInput, now: Milliseconds): void {
    this.#speech.follow(input);
    const asked = this.#asked;
    const isKnown = input.type === "keptSpoken" || input.type === "keptMissing";
    if (asked === undefined || !isKnown || input.ref.itemId !== asked.itemId) return;
    this.#asked = undefined;
    if (input.type === "keptSpoken") this.#speech.saidWithoutModel(asked.id, asked.itemId);
    else this.#speech.say(asked.id, asked.text, now, prompts.opening);
  }

  /** Says what is due. Returns whether anything is still to be heard before all else. */
  tick({ joined, closing, waiting }: Beginning, now: Milliseconds): boolean {
    const next = this.#sentences.unheardOpening(now);
    this.#speech.tick(now);
    // Whether the call may be recorded, the caller answers before the greeting as well.
    const isOpen = next !== undefined || this.#speech.any || this.#asked !== undefined ||
      this.#recording.isAsking;
    this.#isUnderWay = isOpen && !closing && !waiting;
    this.#call.turns.opening = this.#isUnderWay;
    const isSaying = this.#speech.any || this.#asked !== undefined || this.#kept.pending;
    if (next === undefined || !this.#isUnderWay || !joined || isSaying) return isOpen && !closing;
    this.#wasSaid = true;
    this.#sentences.openingAsked(next);
    const { text } = next;
    this.#asked = { id: `opening ${next.name}`, text, itemId: this.#kept.speak("opening", text) };
    return true;
  }
}
