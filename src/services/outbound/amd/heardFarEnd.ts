import { FarEndSpeech } from "./farEndSpeech.ts";
import { FarEndTurns } from "./farEndTurns.ts";
import type { LineSound } from "./lineEar.ts";
import * as times from "./pickupTimes.ts";

/** What was heard of the far end, as sound and in words as far as they are known, and since when it counts. */
export class HeardFarEnd {
  readonly speech = new FarEndSpeech();
  readonly #transcribes: boolean;
  readonly #turns = new FarEndTurns();
  #mayComeWords = false;
  #sinceMs = 0;
  #afreshMs = -Infinity;

  constructor(transcribes: boolean) {
    this.#transcribes = transcribes;
  }

  hear(sound: LineSound): void {
    this.speech.hear(sound);
  }

  /** Words of a turn that began `agoMs` ago; `isPending` where words of what was heard are still to come. */
  said(turn: string, text: string, isPending: boolean, agoMs: number): void {
    this.#turns.said(turn, text, this.speech.atMs - agoMs);
    this.#mayComeWords = isPending;
  }

  wordsToCome(): void {
    this.#mayComeWords = true;
  }

  /** Counts anew from here. */
  listenAnew(): void {
    this.speech.reset();
    this.noteTime();
  }

  /** The far end is asked, or told, something from here on. */
  noteTime(): void {
    this.#sinceMs = this.speech.atMs;
  }

  /** Somebody has the call that something else had answered: what that said counts no more, since then. */
  forgetBefore(ms: number): void {
    this.#afreshMs = ms;
  }

  /** Since when the far end has not been asked, or told, anything. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  get transcribes(): boolean {
    return this.#transcribes;
  }

  get allWords(): string {
    return this.#turns.since(this.#afreshMs);
  }

  get newWords(): string {
    return this.#turns.since(this.#sinceMs);
  }

  /** Whether what was said since then is a person's, who takes the call from a machine. */
  takesCallSince(ms: number): boolean {
    return this.#turns.pickUpSince(ms - times.SOON_MS);
  }

  get hasWords(): boolean {
    return !this.isPending && /\p{L}/u.test(this.newWords);
  }

  get isAwaitingWords(): boolean {
    return this.#transcribes && this.isPending;
  }

  /** Sounds that were no words bring none. */
  get isPending(): boolean {
    return this.#mayComeWords && this.speech.quietMs < times.WORDS_MS;
  }
}
