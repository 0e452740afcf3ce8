import { encodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { createResampler } from "../../../utils/audio/resampler.ts";
import { Callee, type Tape } from "../callee/callee.ts";
import type { CalleePlan } from "../callee/calleePlan.ts";
import { speakSentences } from "../../voice/voice.ts";
import type { CallFacts } from "../api/callFacts.ts";
import { CallLifecycle } from "./callLifecycle.ts";
import type { SimulatedCallRequest } from "./callRequest.ts";
import { CallState } from "./callState.ts";
import type { Exchange } from "../legs/exchange.ts";
import type { LegAudio } from "../legs/leg.ts";
import type {
  PhoneError,
  PhoneEvent,
  PhoneEventDetail,
  PhoneEventOf,
  PhoneEventType,
  SimulatedCallEnd,
  TwilioCallStatus,
} from "./callEvents.ts";
import type { NetworkContext } from "../networkContext.ts";
import type { HeardPiece } from "./heardLog.ts";
import type { TwimlSource } from "../twiml/twimlSource.ts";
import { SimulatedCaller } from "./simulatedCaller.ts";
import type { ClearReport } from "../media/playBuffer.ts";

/** One simulated call: what its caller does and hears, and what Twilio records of it. */
export class SimulatedCall {
  /** How and why the call was over. */
  readonly ended: Promise<SimulatedCallEnd>;
  /** Resolves after `ended`, when its sockets are closed and its callbacks delivered. */
  readonly settled: Promise<void>;
  readonly #context: NetworkContext;
  readonly #state: CallState;
  readonly #caller: SimulatedCaller;
  readonly #lifecycle: CallLifecycle;
  readonly #callee: Callee | undefined;

  constructor(context: NetworkContext, request: SimulatedCallRequest, exchange: Exchange) {
    this.#context = context;
    this.#state = new CallState(context, request);
    this.#caller = new SimulatedCaller(context);
    this.#callee = this.#createCallee(request.outbound?.plan.callee);
    this.#lifecycle = new CallLifecycle(this.#state, this.#caller, exchange, this.#callee);
    this.ended = this.#state.ended;
    this.settled = this.#settle();
  }

  get sid(): string {
    return this.#state.sid;
  }

  get from(): string {
    return this.#state.request.from;
  }

  get to(): string {
    return this.#state.request.to;
  }

  get status(): TwilioCallStatus {
    return this.#state.status;
  }

  get facts(): CallFacts {
    return this.#state.facts;
  }

  /** What Twilio's debugger would show. */
  get errors(): readonly PhoneError[] {
    return this.#state.log.errors;
  }

  /** What had really been played at each clear, in order. */
  get clears(): readonly ClearReport[] {
    return this.#caller.clears;
  }

  /** Whether the far end acts by itself, as the number's plan says. */
  get hasCallee(): boolean {
    return this.#callee !== undefined;
  }

  /** What answering machines have kept of the agent. */
  get tapes(): readonly Tape[] {
    return this.#callee?.tapes ?? [];
  }

  /** How much of the running stream's audio has been played to the person. */
  get playedMs(): number {
    return this.#lifecycle.stream?.playedMs ?? 0;
  }

  /** The next event of a type; none that came before is missed. Rejects if the call ends without it. */
  next<T extends PhoneEventType>(type: T): Promise<PhoneEventOf<T>> {
    return this.#state.log.next(type);
  }

  /** Calls back for every event from now on; the answer stops it. */
  watch(listener: (event: PhoneEvent) => void): () => void {
    return this.#state.log.watch(listener);
  }

  /**
   * Says text (in the network's voice), mu-law bytes or 8 kHz samples, after what is being said.
   * Words wait for a stream to carry them; resolves when they are said, or the call is over.
   */
  async speak(what: string | Uint8Array | Int16Array): Promise<void> {
    const { speech } = this.#caller;
    if (what instanceof Uint8Array) return await speech.enqueue(what);
    if (what instanceof Int16Array) return await speech.enqueue(encodeG711(MU_LAW, what));
    const { voice } = this.#context;
    if (voice === undefined) throw new TypeError("Cannot speak text: the network has no voice");
    const resampler = createResampler(voice.sampleRate, 8_000);
    const say = (sentence: string, signal?: AbortSignal) => voice.say(sentence, signal);
    let said = Promise.resolve();
    let words = what;
    for await (const samples of speakSentences(what, say, this.#state.signal)) {
      said = speech.enqueue(encodeG711(MU_LAW, resampler.process(samples)), words);
      words = "";
    }
    await said;
  }

  /** Says nothing for that long, after what is being said; resolves when it is over. */
  silence(ms: number): Promise<void> {
    return this.#caller.speech.silence(ms);
  }

  /** Presses keys, one every 100 ms (w waits half a second instead, W a second). */
  sendDigits(digits: string): Promise<void> {
    const toStream = (digit: string) => {
      this.#lifecycle.stream?.sendDigit(digit);
      return this.#lifecycle.stream !== undefined;
    };
    return this.#caller.keypad.press(digits, toStream, this.#state.signal);
  }

  /** Hangs up; a placed call that was not answered yet ends as not answered. */
  hangUp(): void {
    const { request: { outbound }, status } = this.#state;
    const isAnswered = outbound === undefined || status === "in-progress";
    this.finish(
      isAnswered
        ? { status: "completed", reason: "the person hung up" }
        : { status: "no-answer", reason: "the person hung up before the answer" },
    );
  }

  /** The stream's connection closes without a stop message; the call goes on with its next verb. */
  breakConnection(): void {
    this.#lifecycle.stream?.breakOff();
  }

  /** The audio between the network and the person. */
  get audio(): LegAudio {
    return this.#lifecycle.audio;
  }

  /** The same from the other side: what is played to the person is what the call says, and so the reverse. */
  get reversedAudio(): LegAudio {
    const { speech, heard } = this.#caller;
    const { clock } = this.#context;
    return {
      open: () => {
        let atMs = clock.now() - this.#state.answeredAt;
        const nextFrame = () => heard.window(atMs, atMs += frameMs);
        return { nextFrame, close: () => {} };
      },
      hear: (frame) => speech.offer(frame, maxDelayMs),
      cut: () => {},
    };
  }

  /** Aborts when the call is over. */
  get signal(): AbortSignal {
    return this.#state.signal;
  }

  emit(event: PhoneEventDetail): void {
    this.#state.emit(event);
  }

  report(code: number, message: string): void {
    this.#state.report(code, message);
  }

  /** What was really played to the person, and when. */
  heard(): HeardPiece[] {
    return this.#caller.heard.played(this.#state.talkMs);
  }

  /** The same, with what is queued and will be played unless it is cut. */
  heardAndQueued(): HeardPiece[] {
    return this.#caller.heard.played(Infinity);
  }

  /** What the app was sent of the person, and when, as far as it is kept. */
  said(): HeardPiece[] {
    return this.#caller.said.played(this.#state.talkMs);
  }

  /** How long ago the answer was; it stops at the end. */
  get talkMs(): number {
    return this.#state.talkMs;
  }

  /** All of it on one track of mu-law since the answer, silence included. */
  heardAudio(): Uint8Array<ArrayBuffer> {
    return this.#caller.heard.track(this.#state.talkMs);
  }

  /** Puts other TwiML in place of what runs; false unless the call is in progress. */
  replace(step: TwimlSource): boolean {
    return this.#lifecycle.replace(step);
  }

  /** Ends the call; nothing happens when it is over already. */
  finish(end: SimulatedCallEnd): void {
    this.#state.finish(end);
  }

  #createCallee(plan: CalleePlan | undefined): Callee | undefined {
    if (plan === undefined) return undefined;
    const { clock, random, voice, voices } = this.#context;
    const { heard, speech } = this.#caller;
    return new Callee({
      clock,
      random,
      signal: this.#state.signal,
      speech,
      watch: (listener) => this.watch(listener),
      voice: (name) => name === undefined ? voice : voices?.[name] ?? voice,
      heardBetween: (fromMs, toMs) => heard.track(toMs).slice(Math.round(fromMs * 8)),
      heardLately: (fromMs, toMs) => heard.window(fromMs, toMs),
      talkMs: () => this.#state.talkMs,
      press: (digits) => this.sendDigits(digits),
      hangUp: () => this.hangUp(),
      emit: (event) => this.#state.emit(event),
    }, plan);
  }

  async #settle(): Promise<void> {
    try {
      await this.#state.ended;
      this.#caller.speech.close();
      await this.#lifecycle.done;
      await this.#state.callbacks.settled();
    } finally {
      this.#state.log.close();
    }
  }
}

const frameMs = 20;
/** How far a conference may be ahead of a call that takes its audio. */
const maxDelayMs = 400;
