import { AgentSpeech } from "../../../sim/twilio/call/agentSpeech.ts";
import type { SimClock } from "../../../sim/twilio/simClock.ts";
import { findHeard } from "../../ear/findHeard.ts";
import type { CallerStep, CutIn } from "../../scenario.ts";
import { present } from "../../../utils/present.ts";
import { CallerActs } from "./callerActs.ts";
import { CallerEar, type CallerEarOptions, wordsOf } from "./callerEar.ts";
import type { Clip } from "./clips.ts";

/** What a caller is given. */
export interface CallerOptions extends CallerEarOptions {
  readonly clock: SimClock;
  /** How late the server hears the caller. */
  readonly lineMs: number;
  /** Tells the built-in engine what is being said. */
  readonly tellWords: (words: string) => Promise<void>;
  readonly onStep: (what: string) => void;
}

/** A step with the sound that it makes. */
export interface PreparedStep {
  readonly step: Exclude<CallerStep, { type: "improvise" }>;
  readonly clip?: Clip;
}

/** How long a caller waits for the agent to begin, where it is the agent's turn. */
const CUT_IN_WAIT_MS = 20_000;
/** Whoever wants to end the call has that long for it after the last word. */
const LEAVES_AFTER_MS = 2000;
/** By then a detector has heard words begin: what it heard before, such as a cough, is another turn or the same. */
const BEGUN_MS = 100;

/** Acts out the steps of a caller. */
export class Caller {
  readonly acts = new CallerActs();
  readonly #options: CallerOptions;
  readonly #agent: AgentSpeech;
  readonly #ear: CallerEar;
  /** What the caller is about. */
  #step: CallerStep | undefined;
  /** Up to here the caller has waited for words: the next come later. */
  #heardTo = -Infinity;
  /** The clock's time when the caller last said or did something. */
  #doneAt = -Infinity;

  constructor(options: CallerOptions) {
    this.#options = options;
    const { end, clock } = options;
    this.#agent = new AgentSpeech((listener) => end.watch(listener), clock);
    this.#ear = new CallerEar(options, this.#agent);
  }

  /** Resolves when all steps are done; those for which the call is over too early are left out. */
  async act(steps: Iterable<PreparedStep> | AsyncIterable<PreparedStep>): Promise<void> {
    for await (const step of steps) await this.#take(step);
  }

  /** Waits until the agent has spoken since the caller last did, and is done. */
  agentsTurn(): Promise<void> {
    return this.#agent.endOfTurn(undefined, undefined, this.#doneAt);
  }

  /** Whether the call is over. */
  get isGone(): boolean {
    return this.#agent.gone;
  }

  /** How long ago the answer was. */
  get nowMs(): number {
    return this.#options.end.talkMs;
  }

  /** Waits for the agent's last answer, and hangs up. */
  async leave(): Promise<void> {
    await this.#agent.endOfTurn(undefined, LEAVES_AFTER_MS, this.#doneAt);
    this.#options.end.hangUp();
    this.close();
  }

  close(): void {
    this.#agent.close();
  }

  /** What the agent has said last, as it was heard. */
  heard(sinceMs: number): string {
    return this.#ear.heard(sinceMs);
  }

  async #take({ step, clip }: PreparedStep): Promise<void> {
    const { end, onStep } = this.#options;
    this.#step = step;
    // Words that were waited for may have been heard by then.
    if (this.#agent.gone && step.type !== "hears") return this.#leaveOut();
    switch (step.type) {
      case "say":
        if (clip === undefined || !await this.#moment(step.when, clip)) return;
        onStep(clip.words === "" ? "plays a recording" : `says "${clip.words}"`);
        return await this.#speak(clip, step.when !== "turn" && step.when !== "now");
      case "sound":
        onStep(`${step.sound}`);
        if (clip !== undefined) await end.speak(clip.audio);
        return;
      case "silence": {
        onStep(`is silent for ${step.ms} ms`);
        const fromMs = this.nowMs;
        await this.#agent.pause(step.ms);
        return this.acts.wasQuiet({ fromMs, toMs: this.nowMs });
      }
      case "keys":
        await this.agentsTurn();
        if (this.#agent.gone) return this.#leaveOut();
        onStep("presses keys");
        await end.sendDigits(step.digits);
        this.acts.wrote("", this.nowMs);
        return this.#done();
      case "hears":
        // Where nobody knows the words, the agent is let finish.
        return this.#options.words.by === "nobody"
          ? await this.agentsTurn()
          : await this.#awaitWords(step.text, step.withinMs);
      case "hangUp":
        onStep("hangs up");
        return end.hangUp();
      case "type":
        await this.agentsTurn();
        if (this.#agent.gone) return this.#leaveOut();
        if (end.type === undefined) return this.#miss("a phone cannot type");
        onStep(`types "${step.text}"`);
        end.type(step.text);
        this.acts.wrote(step.text, this.nowMs);
        return this.#done();
      default:
        return step satisfies never;
    }
  }

  async #speak(clip: Clip, cutsIn: boolean): Promise<void> {
    const { end, tellWords, lineMs } = this.#options;
    const frame = end.said().length;
    const speaking = end.speak(clip.audio);
    if (clip.words !== "") {
      await Promise.race([speaking, this.#agent.pause(clip.fromMs + BEGUN_MS + lineMs)]);
      await tellWords(clip.words);
    }
    await speaking;
    this.#done();
    const beganMs = end.said()[frame]?.atMs;
    if (beganMs === undefined) return this.#leaveOut();
    this.acts.said({
      fromMs: beganMs + clip.fromMs,
      toMs: Math.min(beganMs + clip.toMs, this.nowMs),
      words: clip.words,
      cutsIn,
    });
  }

  /** Whether the moment for a line came, at which its first sound can be heard. */
  async #moment(when: "turn" | "now" | CutIn, { fromMs }: Clip): Promise<boolean> {
    if (when === "now") return true;
    if (when === "turn") {
      await this.agentsTurn();
      return this.#isLeft();
    }
    if ("afterMs" in when) {
      const speaks = await this.#agent.speaks(CUT_IN_WAIT_MS);
      if (speaks) {
        const at = this.#agent.speaksSince + when.afterMs - fromMs;
        await this.#agent.pause(Math.max(0, at - this.#options.clock.now()));
      } else this.#miss("the agent said nothing to break in on");
      return speaks && this.#isLeft();
    }
    return await this.#wordBegins(when, fromMs);
  }

  async #wordBegins(
    when: Extract<CutIn, { word: string } | { number: number }>,
    leadMs: number,
  ): Promise<boolean> {
    const sinceMs = this.nowMs;
    const what = "word" in when ? `"${when.word}"` : `word ${when.number}`;
    const word = await this.#ear.reach(CUT_IN_WAIT_MS, (lines) => {
      const found = "word" in when
        ? findHeard(when.word, { lines }, sinceMs)
        : wordsOf(lines).filter(({ fromMs }) => fromMs >= sinceMs)[when.number - 1];
      return found && { ...found, atMs: found.fromMs - leadMs };
    });
    if (word === undefined) {
      this.#miss(`${what} did not come, to break in at`);
      return false;
    }
    return this.#isLeft();
  }

  async #awaitWords(text: string, withinMs: number): Promise<void> {
    const sinceMs = this.nowMs;
    const found = await this.#ear.reach(withinMs, (lines) => {
      const found = findHeard(text, { lines }, this.#heardTo);
      return found && { ...found, atMs: found.toMs };
    });
    const patienceMs = withinMs + this.#options.lateMs(sinceMs);
    if (found !== undefined && found.toMs - sinceMs <= patienceMs) {
      this.#heardTo = found.toMs;
      return;
    }
    if (this.#agent.gone && found === undefined) {
      return this.#miss(`the call was over before "${text}" was heard`);
    }
    this.#miss(`"${text}" was not heard within ${withinMs} ms`);
  }

  #miss(what: string): void {
    this.acts.miss({ what, atMs: this.nowMs, ...present({ step: this.#step }) });
  }

  #leaveOut(): void {
    if (this.#step !== undefined) this.acts.leaveOut(this.#step, this.nowMs);
  }

  /** Whether there is still a call to act in. */
  #isLeft(): boolean {
    if (this.#agent.gone) this.#leaveOut();
    return !this.#agent.gone;
  }

  #done(): void {
    this.#doneAt = this.#options.clock.now();
  }
}
