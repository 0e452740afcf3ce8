import { encodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { createResampler } from "../../../utils/audio/resampler.ts";
import { speakSentences, type Voice } from "../../voice/voice.ts";
import { AgentSpeech } from "../call/agentSpeech.ts";
import type { PhoneEvent, PhoneEventDetail } from "../call/callEvents.ts";
import type { SpeechQueue } from "../media/speechQueue.ts";
import type { Random } from "../random.ts";
import type { SimClock } from "../simClock.ts";
import { AnswerJudge, type JudgeOptions } from "./answerJudge.ts";
import { CalleeLine } from "./calleeLine.ts";
import type { CalleePlan, CalleeStep, MenuPlan, Sound } from "./calleePlan.ts";
import { courseOf } from "./calleeSteps.ts";
import { holdSteps } from "./holdSteps.ts";
import { KeyEar } from "./keyEar.ts";
import { chooseInMenus } from "./menuCourse.ts";

import { musicAudio, ringbackAudio, toneAudio } from "./sounds.ts";

/** What a far end needs of the leg that it is on. */
export interface CalleeLeg {
  readonly clock: SimClock;
  readonly random: Random;
  /** Aborts when the leg is over. */
  readonly signal: AbortSignal;
  /** What the far end says; `CalleeLine` takes it from there. */
  readonly speech: SpeechQueue;
  /** The events `speaking` and `quiet` tell when the other side speaks. */
  watch(listener: (event: PhoneEvent) => void): () => void;
  voice(name: string | undefined): Voice | undefined;
  /** What the other side said between two times since the answer: mu-law, with its silence. */
  heardBetween(fromMs: number, toMs: number): Uint8Array<ArrayBuffer>;
  /** The same for a short time that is just over. */
  heardLately(fromMs: number, toMs: number): Uint8Array<ArrayBuffer>;
  /** How long ago the answer was; it stops at the end. */
  talkMs(): number;
  press(digits: string): Promise<void>;
  hangUp(): void;
  emit(event: PhoneEventDetail): void;
}

/** What a machine has kept of the other side: all from the end of its beep on. */
export interface Tape {
  readonly fromMs: number;
  readonly audio: Uint8Array<ArrayBuffer>;
}

/** What is at the number that was called, from the answer on: it speaks, listens and hangs up as planned. */
export class Callee {
  readonly line: CalleeLine;
  readonly #leg: CalleeLeg;
  readonly #plan: CalleePlan;
  readonly #ear: AgentSpeech;
  readonly #tapes: { readonly fromMs: number; toMs?: number }[] = [];

  constructor(leg: CalleeLeg, plan: CalleePlan) {
    this.#leg = leg;
    this.#plan = plan;
    const { clock, random, speech } = leg;
    this.line = new CalleeLine({ clock, random, speech, noiseDb: plan.noiseDb });
    this.#ear = new AgentSpeech((listener) => leg.watch(listener), clock);
  }

  /** What machines have kept, in order; a tape that still runs ends now. */
  get tapes(): readonly Tape[] {
    return this.#tapes.map(({ fromMs, toMs = this.#leg.talkMs() }) => ({
      fromMs,
      audio: this.#leg.heardBetween(fromMs, toMs),
    }));
  }

  /** Takes the call: the plan begins now. Does nothing more once the leg is over. */
  answer(): void {
    const { signal } = this.#leg;
    const close = () => {
      this.line.close();
      this.#ear.close();
    };
    if (signal.aborted) return close();
    signal.addEventListener("abort", close, { once: true });
    this.line.start();
    const { steps, later } = courseOf(this.#plan);
    const replaced = new AbortController();
    if (this.#plan.kind === "menu") this.#offer(this.#plan, signal);
    else this.#perform(steps, replaced.signal);
    if (later === undefined) return;
    const cancel = this.#leg.clock.at(this.#leg.clock.now() + later.atMs, () => {
      replaced.abort();
      this.#leg.speech.drop();
      this.#endTape();
      this.#perform(later.steps, signal);
    });
    signal.addEventListener("abort", cancel, { once: true });
  }

  /** Has machine detection listen from now on; resolves with Twilio's word, or never. */
  detect(options: JudgeOptions): Promise<{ readonly answeredBy: string; readonly ms: number }> {
    const judge = new AnswerJudge(options);
    return new Promise((resolve) => {
      const stop = this.line.listen((frame) => {
        const answeredBy = judge.hear(frame);
        if (answeredBy === undefined) return;
        stop();
        resolve({ answeredBy, ms: judge.atMs });
      });
    });
  }

  async #offer(plan: MenuPlan, over: AbortSignal): Promise<void> {
    const keys = new KeyEar(this.#leg);
    const steps = await chooseInMenus(plan, {
      keys,
      over,
      play: (sound, signal) => this.#untilAborted(this.#sound(sound, signal), signal),
      drop: () => this.#leg.speech.drop(),
      speaks: (withinMs) => this.#ear.speaks(withinMs),
      quiet: () => this.#ear.endOfTurn(0),
      tell: (does) => this.#tell(does),
    });
    keys.close();
    await this.#perform(steps, over);
  }

  async #untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([work, aborted]);
  }

  async #perform(steps: readonly CalleeStep[], signal: AbortSignal): Promise<void> {
    const over = AbortSignal.any([signal, this.#leg.signal]);
    for (const step of steps) {
      if (over.aborted) return;
      await this.#untilAborted(this.#take(step, over), over);
    }
  }

  async #take(step: CalleeStep, over: AbortSignal): Promise<void> {
    if (typeof step === "string" || !isAct(step)) return await this.#sound(step, over);
    if ("hold" in step) return await this.#perform(holdSteps(step), over);
    if ("listen" in step) {
      return await this.#ear.endOfTurn(step.listen.maxMs, step.listen.silenceMs);
    }
    if ("record" in step) return await this.#record(step.record);
    if ("press" in step) {
      this.#tell(`presses ${step.press}`);
      return await this.#leg.press(step.press);
    }
    if ("hangUp" in step) {
      this.#tell("hangs up");
      return this.#leg.hangUp();
    }
    await new Promise<void>((resolve) =>
      over.addEventListener("abort", () => resolve(), { once: true })
    );
  }

  async #sound(sound: Sound, over: AbortSignal): Promise<void> {
    const { speech } = this.#leg;
    if (typeof sound === "string") return await this.#say(sound, over);
    if ("audio" in sound) {
      this.#tell("plays a recording");
      return await speech.enqueue(sound.audio);
    }
    if ("silenceMs" in sound) return await speech.silence(sound.silenceMs);
    if ("tone" in sound) {
      this.#tell(`beeps at ${[sound.tone.hz].flat().join(" and ")} Hz for ${sound.tone.ms} ms`);
      return await speech.enqueue(toneAudio(sound.tone));
    }
    if ("musicMs" in sound) {
      this.#tell("plays music");
      return await speech.enqueue(musicAudio(sound.musicMs, sound.style));
    }
    this.#tell("rings on");
    return await speech.enqueue(ringbackAudio(sound.ringbackMs));
  }

  async #say(text: string, over: AbortSignal): Promise<void> {
    const { speech } = this.#leg;
    const voice = this.#leg.voice(this.#plan.voice);
    if (voice === undefined) throw new TypeError("Cannot speak text: the network has no voice");
    this.#tell(`says "${text}"`);
    const resampler = createResampler(voice.sampleRate, 8_000);
    const say = (sentence: string, signal?: AbortSignal) => voice.say(sentence, signal);
    let said = Promise.resolve();
    let words = text;
    for await (const samples of speakSentences(text, say, over)) {
      if (over.aborted) return;
      said = speech.enqueue(encodeG711(MU_LAW, resampler.process(samples)), words);
      words = "";
    }
    await said;
  }

  async #record(
    { maxMs = 60_000, silenceMs = 8_000 }: { readonly maxMs?: number; readonly silenceMs?: number },
  ): Promise<void> {
    this.#tell("records");
    this.#tapes.push({ fromMs: this.#leg.talkMs() });
    const { clock } = this.#leg;
    const full = Promise.withResolvers<boolean>();
    const cancel = clock.at(clock.now() + maxMs, () => full.resolve(false));
    while (await Promise.race([this.#ear.speaks(silenceMs), full.promise])) {
      await Promise.race([this.#ear.quiet(), full.promise]);
    }
    cancel();
    this.#endTape();
  }

  #endTape(): void {
    const tape = this.#tapes.at(-1);
    if (tape !== undefined) tape.toMs ??= this.#leg.talkMs();
  }

  #tell(does: string): void {
    this.#leg.emit({ type: "callee", does });
  }
}

/** A step that is no sound. */
function isAct(step: Exclude<CalleeStep, string>): step is Exclude<CalleeStep, Sound> {
  return "hold" in step || "listen" in step || "record" in step || "press" in step ||
    "hangUp" in step ||
    "stay" in step;
}
