import type { HeardFarEnd } from "./heardFarEnd.ts";

/** How long after the carrier's word for a beep it is heard on the stream, at the latest. */
const BEEP_HEARD_MS = 500;

/**
 * What the carrier's detection says of a placed call, and how far it is believed against what was heard. It
 * goes by the lengths of sound and silence: hold music is a greeting to it, and a note of it a beep.
 */
export class CarrierWord {
  readonly #heard: HeardFarEnd;
  #word = "";
  #saidMs = 0;
  /** It hears what answers first: after a screener it says nothing of who takes the call. */
  #isScreened = false;

  constructor(heard: HeardFarEnd) {
    this.#heard = heard;
  }

  /** Takes its word, in its own words. */
  said(word: string): void {
    if (this.#isScreened) return;
    this.#word = word;
    this.#saidMs = this.#heard.speech.atMs;
  }

  /** What it said was said of a screener. */
  screened(): void {
    this.#isScreened = true;
    this.#word = "";
  }

  /** Whether it has heard the beep of a machine. */
  get hearsBeep(): boolean {
    return this.#is("machine_end_beep");
  }

  /** Whether it has heard the beep of a machine, and the beep would have been heard here as well by now. */
  get isAfterBeep(): boolean {
    return this.hearsBeep &&
      this.#heard.speech.atMs - this.#saidMs >= BEEP_HEARD_MS;
  }

  /** Who answered, while nothing else tells. */
  get who(): "machine" | "person" | undefined {
    const { any, quietMs } = this.#heard.speech;
    const isTold = !this.#heard.isAwaitingWords || quietMs >= 1500;
    if (this.hearsBeep && isTold) return "machine";
    // Long greetings of people are a machine's to it; without a greeting there is nothing else to go by.
    if (this.#is("machine_end") && !any) return "machine";
    const waitMs = this.#heard.isAwaitingWords ? 1500 : 300;
    return this.#is("human") && (!any || quietMs >= waitMs) ? "person" : undefined;
  }

  /** Whether whoever was taken for a person is none; `wasSilent` where they have not said anything. */
  contradictsPerson(wasSilent: boolean): boolean {
    return this.hearsBeep || wasSilent && this.#is("machine_end");
  }

  #is(beginning: string): boolean {
    return this.#word.startsWith(beginning) && !this.#heard.speech.hadMusic;
  }
}
