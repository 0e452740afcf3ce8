import { CarrierWord } from "./carrierWord.ts";
import { disturber } from "./disturbance.ts";
import { readFarEnd } from "./farEndWords.ts";
import type { FarEndSpeech } from "./farEndSpeech.ts";
import { greetingSound } from "./greetingSound.ts";
import { HeardFarEnd } from "./heardFarEnd.ts";
import type { FarEnd, PickupChange, PickupReason } from "./pickupChange.ts";
import * as times from "./pickupTimes.ts";
import { isFax, type LineSound } from "./lineEar.ts";
import { screenedAnswer } from "./screenedAnswer.ts";
import { SingleBeeps } from "./singleBeeps.ts";

/**
 * Finds out who answered a placed call, from what is heard: how long the far end speaks and is silent,
 * tones, its words as far as they become known, and what the carrier's detection says. It is never
 * certain: what comes later may change it, until a conversation is under way.
 *
 * The clock is the audio of the line.
 */
export class PickupJudge {
  readonly #heard: HeardFarEnd;
  #state: FarEnd = "undecided";
  #why: PickupReason = "silence";
  #step: "listening" | "due" | "leaving" | "disturbed" | "over" = "listening";
  readonly #carrier: CarrierWord;
  readonly #beeps = new SingleBeeps();
  #isBeeping = false;
  /** When it was found what answers. */
  #foundMs = 0;
  /** Whether somebody took the call from a machine: only words or a beep show that it is one again. */
  #isTaken = false;
  /** Whether another one had found it: what was heard since then is not known. */
  #isResumed = false;
  /** Whether a greeting and its beep were heard: a machine is silent then. */
  #hasBeeped = false;

  /** `transcribes`: whether what the far end says becomes known in words. */
  constructor({ transcribes }: { readonly transcribes: boolean }) {
    this.#heard = new HeardFarEnd(transcribes);
    this.#carrier = new CarrierWord(this.#heard);
  }

  get who(): FarEnd {
    return this.#state;
  }

  /** Goes on where another one has found something. */
  resume(who: Exclude<FarEnd, "undecided">, why: PickupReason): void {
    this.#state = who;
    this.#why = why;
    this.#isResumed = true;
    if (who === "screener") this.#carrier.screened();
  }

  /** Takes the next sound of the line. */
  hear(sound: LineSound): PickupChange | undefined {
    this.#heard.hear(sound);
    if (isFax(sound)) return this.#find("fax", "fax_tone");
    return this.#tone(sound) ?? this.#judge();
  }

  /**
   * What a turn of the far end says, as far as it is known; later words replace earlier ones. `isPending`
   * tells whether words of what was heard are still to come, `agoMs` how long ago the turn began.
   */
  said(turn: string, text: string, isPending: boolean, agoMs: number): PickupChange | undefined {
    this.#heard.said(turn, text, isPending, agoMs);
    return this.#judge();
  }

  /** The far end has begun to say something whose words are still to come. */
  wordsToCome(): void {
    this.#heard.wordsToCome();
  }

  /** What the carrier's detection says, in its words. */
  detected(word: string): PickupChange | undefined {
    this.#carrier.said(word);
    if (word === "fax") return this.#find("fax", "detection");
    if (word === "human" && this.#state === "machine" && this.#why === "detection") {
      return this.#find("person", "detection");
    }
    return this.#judge();
  }

  /** The message is being left from now on. */
  leaves(): void {
    this.#step = "leaving";
    this.#heard.listenAnew();
  }

  /** The screener has been told who calls. */
  answered(): void {
    this.#heard.listenAnew();
  }

  /** A conversation is under way: nothing changes any more. */
  conversing(): void {
    this.#step = "over";
  }

  #judge(): PickupChange | undefined {
    if (this.#step === "over") return undefined;
    // What sounds, and how long it is silent, may be a busy line; words are none.
    if (this.#beeps.isOpen) return this.#byWordsAlone();
    switch (this.#state) {
      case "undecided":
        return this.#byWords() ?? this.#byDetection() ?? this.#bySound();
      case "person":
        return this.#byWords() ??
          (this.#isTaken ? undefined : this.#byLateDetection() ?? this.#goesOn());
      case "machine":
        return this.#ofMachine();
      case "screener":
        return this.#ofScreener();
      case "fax":
        return undefined;
    }
  }

  #byWords(): PickupChange | undefined {
    const words = readFarEnd(this.#heard.allWords);
    if (words === "screening") return this.#find("screener", "words");
    return words === "machine" ? this.#find("machine", "words") : undefined;
  }

  /** What words tell whatever else is heard: no decision for which it has to be silent as well. */
  #byWordsAlone(): PickupChange | undefined {
    if (this.#state === "machine") return this.#step === "due" ? undefined : this.#byScreening();
    if (this.#state !== "screener") return this.#byWords();
    const words = readFarEnd(this.#heard.newWords);
    return words === "machine" || words === "declined" ? this.#ofScreener() : undefined;
  }

  /** A screener was taken for a machine. */
  #byScreening(): PickupChange | undefined {
    const { allWords, newWords } = this.#heard;
    const words = readFarEnd(this.#step === "disturbed" ? newWords : allWords);
    return words === "screening" ? this.#find("screener", "words") : undefined;
  }

  /** Whoever was taken for a person, and talks on and on before hearing the agent out, may be none. */
  #goesOn(): PickupChange | undefined {
    return this.#speech.lengthMs > times.TALKS_ON_MS
      ? this.#find("machine", "long_greeting")
      : undefined;
  }

  #byDetection(): PickupChange | undefined {
    const { who } = this.#carrier;
    return who && this.#find(who, "detection");
  }

  /** Who was taken for a person and has not said anything is none if the carrier says so. */
  #byLateDetection(): PickupChange | undefined {
    const wasSilent = this.#why === "silence" && !this.#speech.any;
    return this.#carrier.contradictsPerson(wasSilent)
      ? this.#find("machine", "detection")
      : undefined;
  }

  #bySound(): PickupChange | undefined {
    const found = greetingSound(this.#heard);
    return found && this.#find(found.who, found.why);
  }

  #ofMachine(): PickupChange | undefined {
    switch (this.#step) {
      case "listening":
        return this.#awaitEnd();
      case "leaving":
        return this.#byScreening() ??
          (this.#speech.lengthMs >= times.DISTURBING_MS ? this.#disturb() : undefined);
      case "disturbed":
        return this.#afterDisturbance();
      default:
        return undefined;
    }
  }

  #awaitEnd(): PickupChange | undefined {
    const screener = this.#byScreening();
    if (screener !== undefined) return screener;
    const { quietMs, lengthMs, any, atMs } = this.#speech;
    if (this.#heard.takesCallSince(this.#foundMs) && this.#speech.isQuietFor(500)) {
      return this.#find("person", "words");
    }
    if (this.#why === "long_greeting" && readFarEnd(this.#heard.allWords) === "machine") {
      this.#why = "words";
    }
    // The message begins after the beep, which ends later than it is known.
    if (this.#isBeeping) return undefined;
    if (this.#carrier.isAfterBeep && (quietMs >= 200 || !any)) return this.#due("detection");
    if (this.#why === "detection" && !any && !this.#carrier.hearsBeep) {
      return this.#due("detection");
    }
    if (this.#why === "long_greeting" && lengthMs <= times.ENDLESS_MS) {
      const isPerson = quietMs >= (this.#heard.hasWords ? 1500 : lengthMs <= 6500 ? 2150 : 2300);
      return isPerson ? this.#find("person", "no_beep") : undefined;
    }
    const silentMs = this.#isResumed && !any ? atMs : quietMs;
    if (
      silentMs >= times.END_OF_GREETING_MS || atMs - this.#heard.sinceMs > times.LONGEST_MS
    ) {
      return this.#due("silence");
    }
    return undefined;
  }

  #afterDisturbance(): PickupChange | undefined {
    const found = disturber(this.#heard, this.#hasBeeped);
    if (found === "goesOn") return this.#due("silence");
    return found && this.#find(found.who, found.why);
  }

  #ofScreener(): PickupChange | undefined {
    const answer = screenedAnswer(this.#heard);
    if (answer === "goesOn") this.#heard.listenAnew();
    else if (answer === "declined") return this.#over({ type: "declined" });
    else if (answer !== undefined) return this.#find(answer.who, answer.why);
    return undefined;
  }

  #tone(sound: LineSound): PickupChange | undefined {
    if (this.#step === "over" || this.#state === "fax") return undefined;
    const { tone, ended } = this.#beeps.hear(sound);
    // The message is broken off by any tone at once.
    if (this.#step === "leaving" && isBeep(sound.tone)) return this.#disturb();
    this.#isBeeping = isBeep(tone);
    if (this.#isBeeping) {
      // Music has notes that are as pure.
      if (this.#state !== "machine" && !this.#speech.isMusic) return this.#find("machine", "beep");
    }
    if (ended === undefined || ended.ms > times.LONGEST_BEEP_MS || this.#state !== "machine") {
      return undefined;
    }
    if (this.#step !== "listening" && this.#step !== "disturbed") return undefined;
    this.#hasBeeped = this.#speech.any;
    return this.#due("beep");
  }

  #find(who: Exclude<FarEnd, "undecided">, why: PickupReason): PickupChange {
    this.#why = why;
    this.#foundMs = this.#speech.atMs;
    if (who === "screener") this.#carrier.screened();
    if (this.#state === "screener") this.#heard.forgetBefore(this.#heard.sinceMs);
    else if (who === "person" && this.#state === "machine") {
      this.#heard.forgetBefore(this.#foundMs);
    }
    this.#isTaken = who === "person" && this.#state === "machine" && why !== "no_beep";
    if (who !== "machine" || this.#state === "machine") this.#heard.listenAnew();
    this.#state = who;
    this.#step = who === "fax" ? "over" : "listening";
    this.#heard.noteTime();
    return { type: "found", who, why };
  }

  #due(why: PickupReason): PickupChange {
    this.#step = "due";
    const isGuess = why === "silence" && !this.#hasBeeped &&
      readFarEnd(this.#heard.allWords) === "none";
    return { type: "messageDue", why, isGuess };
  }

  #disturb(): PickupChange {
    this.#step = "disturbed";
    return { type: "messageDisturbed" };
  }

  #over(change: PickupChange): PickupChange {
    this.#step = "over";
    return change;
  }

  get #speech(): FarEndSpeech {
    return this.#heard.speech;
  }
}

function isBeep(tone: LineSound["tone"]): boolean {
  return tone !== undefined && tone.ms <= times.LONGEST_BEEP_MS;
}
