import { encodeG711, MU_LAW } from "../../../utils/g711.ts";
import { createResampler } from "../../../utils/resampler.ts";
import type { CallFacts } from "../api/callFacts.ts";
import { CallLife } from "./callLifecycle.ts";
import { type CallRequest, CallState } from "./callState.ts";
import type {
  CallEnd,
  CallStatus,
  PhoneError,
  PhoneEvent,
  PhoneEventOf,
  PhoneEventType,
} from "./callEvents.ts";
import type { Exchange } from "../networkContext.ts";
import type { HeardPiece } from "./heardLog.ts";
import type { Step } from "../twiml/twimlCall.ts";
import { Person } from "./simulatedCaller.ts";
import type { ClearReport } from "../media/playBuffer.ts";

/** One simulated call: what the person does and hears, and what Twilio sees of it. */
export class PhoneCall {
  /** How and why the call was over. */
  readonly ended: Promise<CallEnd>;
  /** Resolves after `ended`, when its sockets are closed and its callbacks delivered. */
  readonly settled: Promise<void>;
  readonly #exchange: Exchange;
  readonly #state: CallState;
  readonly #person: Person;
  readonly #life: CallLife;

  constructor(exchange: Exchange, request: CallRequest) {
    this.#exchange = exchange;
    this.#state = new CallState(exchange, request);
    this.#person = new Person(exchange);
    this.#life = new CallLife(this.#state, this.#person);
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

  get status(): CallStatus {
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
    return this.#person.clears;
  }

  /** How much of the running stream's audio has been played to the person. */
  get playedMs(): number {
    return this.#life.stream?.playedMs ?? 0;
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
    const { mouth } = this.#person;
    if (what instanceof Uint8Array) return await mouth.say(what);
    if (what instanceof Int16Array) return await mouth.say(encodeG711(MU_LAW, what));
    const { voice } = this.#exchange;
    if (voice === undefined) throw new TypeError("Cannot speak text: the network has no voice");
    const resampler = createResampler(16_000, 8_000);
    let said = Promise.resolve();
    for await (const samples of voice.speak(what, this.#state.signal)) {
      said = mouth.say(encodeG711(MU_LAW, resampler.process(samples)));
    }
    await said;
  }

  /** Says nothing for that long, after what is being said; resolves when it is over. */
  silence(ms: number): Promise<void> {
    return this.#person.mouth.silence(ms);
  }

  /** Presses keys, one every 100 ms (w waits half a second instead, W a second). */
  sendDigits(digits: string): Promise<void> {
    const toStream = (digit: string) => {
      this.#life.stream?.sendDigit(digit);
      return this.#life.stream !== undefined;
    };
    return this.#person.keypad.press(digits, toStream, this.#state.signal);
  }

  /** The person hangs up; whoever is called and has not answered lets it ring no longer. */
  hangUp(): void {
    const { request: { outbound }, status } = this.#state;
    const isAnswered = outbound === undefined || status === "in-progress";
    this.finish(
      isAnswered
        ? { status: "completed", reason: "the person hung up" }
        : { status: "no-answer", reason: "nobody answered" },
    );
  }

  /** The stream's connection closes without a stop message; the call goes on with its next verb. */
  breakConnection(): void {
    this.#life.stream?.breakOff();
  }

  /** What was really played to the person, and when. */
  heard(): HeardPiece[] {
    return this.#person.heard.played(this.#state.talkMs);
  }

  /** All of it on one track of mu-law since the answer, silence included. */
  heardAudio(): Uint8Array<ArrayBuffer> {
    return this.#person.heard.track(this.#state.talkMs);
  }

  /** Puts other TwiML in place of what runs; false unless the call is in progress. */
  replace(step: Step): boolean {
    return this.#life.replace(step);
  }

  /** Ends the call; nothing happens when it is over already. */
  finish(end: CallEnd): void {
    this.#state.finish(end);
  }

  async #settle(): Promise<void> {
    try {
      await this.#state.ended;
      this.#person.mouth.shut();
      await this.#life.done;
      await this.#state.reporter.sender.settled();
    } finally {
      this.#state.log.close();
    }
  }
}
