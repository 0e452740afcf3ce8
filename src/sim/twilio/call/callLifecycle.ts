import { isOver, webhookParams } from "../api/callFacts.ts";
import type { Callee } from "../callee/callee.ts";
import type { CallState } from "./callState.ts";
import { dialOut } from "./dialOut.ts";
import { endOfTwiml, followTwiml } from "../twiml/followTwiml.ts";
import type { Exchange } from "../legs/exchange.ts";
import type { LegAudio } from "../legs/leg.ts";
import type { TwimlCall } from "../twiml/twimlCall.ts";
import type { TwimlSource } from "../twiml/twimlSource.ts";
import { MediaStream } from "../media/mediaStream.ts";
import type { SimulatedCallEnd } from "./callEvents.ts";
import { Hearing } from "../legs/hearing.ts";
import { playTo } from "../legs/playTo.ts";
import type { SimulatedCaller } from "./simulatedCaller.ts";
import { recordSpeech } from "./recordSpeech.ts";
import { createSid } from "../random.ts";
import type { StreamNoun } from "../twiml/twiml.ts";
import { sendWebhook } from "../api/webhook.ts";

/** Carries one call from its first ring to its end. */
export class CallLifecycle {
  /** Resolves when the call is over and its sockets are closed. */
  readonly done: Promise<void>;
  readonly #call: CallState;
  readonly #caller: SimulatedCaller;
  readonly #exchange: Exchange;
  readonly #hearing: Hearing;
  readonly #callee: Callee | undefined;
  #flow = new AbortController();
  #replacement: TwimlSource | undefined;
  #stream: MediaStream | undefined;

  constructor(call: CallState, caller: SimulatedCaller, exchange: Exchange, callee?: Callee) {
    this.#call = call;
    this.#caller = caller;
    this.#exchange = exchange;
    this.#callee = callee;
    this.#hearing = new Hearing(call.context.clock, call.signal, (type) => call.emit({ type }));
    this.done = this.#run();
  }

  /** The stream that runs now. */
  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  /** Puts other TwiML in place of what runs; false unless the call is in progress. */
  replace(step: TwimlSource): boolean {
    if (this.#call.status !== "in-progress") return false;
    this.#call.emit({ type: "updated", how: step.kind === "document" ? "Twiml" : "Url" });
    this.#replacement = step;
    this.#flow.abort();
    return true;
  }

  /** What the network plays to the person, and what the person says. */
  get audio(): LegAudio {
    const { frames, heard } = this.#caller;
    const call = this.#call;
    return {
      open: () =>
        this.#callee?.line.open() ?? { nextFrame: () => frames.nextFrame(), close: () => {} },
      hear: (audio, atMs) => {
        heard.record({ atMs: Math.max(0, atMs - call.answeredAt), audio });
        this.#hearing.hear(audio, atMs);
      },
      cut: (atMs) => {
        heard.cut(atMs - call.answeredAt);
        this.#hearing.cut();
      },
    };
  }

  async #run(): Promise<void> {
    const { outbound } = this.#call.request;
    // Lets the caller of the constructor watch from the first event on.
    await Promise.resolve();
    try {
      if (outbound === undefined) this.#call.emit({ type: "ringing" });
      else await dialOut(this.#call, outbound, this.#callee);
      if (this.#replacement === undefined) await this.#attempt((call) => this.#begin(call), true);
      while (!isOver(this.#call.status)) {
        const step = this.#replacement;
        if (step === undefined) throw new Error("Cannot follow TwiML: there is none");
        await this.#attempt((call) => followTwiml(call, step));
      }
    } catch (error) {
      if (this.#call.signal.aborted) return;
      this.#call.finish({ status: "failed", reason: "an error in the simulator" });
      throw error;
    }
  }

  async #begin(call: TwimlCall): Promise<SimulatedCallEnd> {
    const { first, joins } = this.#call.request;
    const end = first === undefined ? endOfTwiml : await followTwiml(call, first);
    return joins === undefined || end !== endOfTwiml
      ? end
      : await unlessAborted(joins(call), call.signal);
  }

  /** Runs until the call is over or other TwiML takes the place of what runs. */
  async #attempt(
    act: (call: TwimlCall) => Promise<SimulatedCallEnd>,
    isFirst = false,
  ): Promise<void> {
    this.#replacement = undefined;
    this.#flow = new AbortController();
    const isWhisper = isFirst && this.#call.request.joins !== undefined;
    try {
      this.#call.finish(await act(this.#line(isWhisper)));
    } catch (error) {
      if (this.#replacement === undefined) throw error;
    }
  }

  #line(isWhisper: boolean): TwimlCall {
    const call = this.#call;
    const { context } = call;
    const { audio } = this;
    const { speech } = this.#caller;
    const signal = AbortSignal.any([call.signal, this.#flow.signal]);
    return {
      context,
      signal,
      audio,
      isWhisper,
      exchange: this.#exchange,
      sid: call.sid,
      from: call.request.from,
      to: call.request.to,
      isInbound: call.request.outbound === undefined,
      get isOver() {
        return isOver(call.status);
      },
      get isAnswered() {
        return call.status === "in-progress";
      },
      emit: (event) => call.emit(event),
      report: (code, message) => call.report(code, message),
      answer: () => call.answer(),
      digit: (withinMs, until) =>
        this.#caller.keypad.read(withinMs, until ? AbortSignal.any([signal, until]) : signal),
      play: (sound, until) =>
        playTo(audio, sound, context.clock, until ? AbortSignal.any([signal, until]) : signal),
      words: () => speech.takeWords(),
      record: (limits) => recordSpeech(this.#caller, limits, signal),
      tell: (kind, url, params) =>
        call.callbacks.send(kind, {
          url,
          method: "POST",
          params: { ...webhookParams(call.facts), ...params },
        }),
      wait: (ms) => context.clock.wait(ms, signal),
      stream: (noun) => this.#runStream(noun, signal),
      request: async (url, method, extra) => {
        const params = { ...webhookParams(call.facts), ...extra };
        const answer = await sendWebhook(context, { url, method, params }, signal);
        const body = answer.body.slice(0, 500);
        const { status, attempts, warning } = answer;
        call.emit({ type: "requested", url, status, body, attempts });
        if (warning !== undefined) call.report(11240, warning);
        return answer;
      },
    };
  }

  async #runStream(noun: StreamNoun, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const call = this.#call;
    const target = this.#targetOf(noun);
    if (target === undefined) return;
    const streamSid = createSid("MZ");
    const line = this.#callee?.line.open();
    const stream = new MediaStream(call.context, {
      url: noun.url,
      target,
      callSid: call.sid,
      streamSid,
      parameters: noun.parameters,
      speech: line ?? this.#caller.frames,
      heard: this.#caller.heard,
      said: this.#caller.said,
      answeredAt: call.answeredAt,
      onEvent: (event) => {
        if (event.type === "clear") this.#caller.recordClear(event.report);
        call.emit(event);
        if (event.type === "streamStarted") {
          this.#reportStream(noun, streamSid, "stream-started", "");
        }
      },
    });
    this.#stream = stream;
    const stop = () => stream.stop();
    signal.addEventListener("abort", stop);
    const end = await stream.ended;
    line?.close();
    signal.removeEventListener("abort", stop);
    this.#stream = undefined;
    call.emit({ type: "streamClosed", end });
    const kind = end.error === undefined ? "stream-stopped" : "stream-error";
    this.#reportStream(noun, streamSid, kind, end.error?.message ?? "");
    signal.throwIfAborted();
  }

  #targetOf(noun: StreamNoun): URL | undefined {
    const report = (code: number, message: string) => this.#call.report(code, message);
    const url = URL.parse(noun.url);
    if (url === null) return void report(31923, `The stream's URL "${noun.url}" is not one`);
    if (url.protocol !== "wss:") return void report(31923, "The stream's URL must begin with wss:");
    if (url.search !== "") return void report(31920, "The stream's URL must not have a query");
    if (noun.track !== undefined && noun.track !== "inbound_track") {
      return void report(31941, `The track "${noun.track}" cannot be had inside <Connect>`);
    }
    const target = this.#call.context.route(url);
    if (target === undefined) report(31902, `${url.host} is not the app's public host`);
    return target;
  }

  #reportStream(noun: StreamNoun, streamSid: string, event: string, error: string): void {
    if (noun.statusCallback === undefined) return;
    const params = {
      AccountSid: this.#call.context.account.accountSid,
      CallSid: this.#call.sid,
      StreamSid: streamSid,
      StreamName: noun.name ?? streamSid,
      StreamEvent: event,
      Timestamp: new Date().toISOString(),
      ...(error === "" ? {} : { StreamError: error }),
    };
    this.#call.callbacks.send(event, {
      url: noun.statusCallback,
      method: noun.statusCallbackMethod,
      params,
    });
  }
}

/** Rejects when the signal aborts first. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
