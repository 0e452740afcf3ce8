import { type CallFacts, isOver } from "../api/callFacts.ts";
import { Callbacks } from "../api/callbacks.ts";
import type { SimulatedCallRequest } from "./callRequest.ts";
import { CallEventLog } from "./callEventLog.ts";
import type { PhoneEventDetail, SimulatedCallEnd, TwilioCallStatus } from "./callEvents.ts";
import type { NetworkContext } from "../networkContext.ts";
import { createSid } from "../random.ts";

/** The state of one call; every change of its status goes through here and is reported. */
export class CallState {
  readonly sid: string;
  readonly log = new CallEventLog();
  readonly callbacks: Callbacks;
  readonly #ended = Promise.withResolvers<SimulatedCallEnd>();
  readonly #over = new AbortController();
  readonly #begunAt: number;
  readonly #createdAt = new Date();
  #status: TwilioCallStatus;
  #answered: Moment | undefined;
  #finished: Moment | undefined;
  #answeredBy: string | undefined;
  #cancelTimeLimit: (() => void) | undefined;

  constructor(readonly context: NetworkContext, readonly request: SimulatedCallRequest) {
    this.sid = createSid("CA");
    this.#begunAt = context.clock.now();
    this.#status = request.outbound === undefined ? "ringing" : "queued";
    this.callbacks = new Callbacks(context, request.callbacks, (event) => this.emit(event));
  }

  /** Resolves when the call is over. */
  get ended(): Promise<SimulatedCallEnd> {
    return this.#ended.promise;
  }

  get status(): TwilioCallStatus {
    return this.#status;
  }

  /** Aborts when the call is over. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** The clock's time of the answer; of the beginning while there was none. */
  get answeredAt(): number {
    return this.#answered?.at ?? this.#begunAt;
  }

  /** How long the person has been, or was, on the line. */
  get talkMs(): number {
    if (this.#answered === undefined) return 0;
    return (this.#finished?.at ?? this.context.clock.now()) - this.#answered.at;
  }

  get facts(): CallFacts {
    const { from, to, outbound, parentSid } = this.request;
    return {
      sid: this.sid,
      accountSid: this.context.account.accountSid,
      from,
      to,
      parentSid,
      direction: directionOf(this.request),
      status: this.#status,
      createdAt: this.#createdAt,
      answeredAt: this.#answered?.date,
      endedAt: this.#finished?.date,
      durationSeconds: isOver(this.#status) ? Math.round(this.talkMs / 1_000) : undefined,
      answeredBy: this.#answeredBy,
      queueMs: outbound?.queueMs ?? 0,
    };
  }

  emit(event: PhoneEventDetail): void {
    this.log.emit({ ...event, atMs: this.context.clock.now() - this.#begunAt });
  }

  /** Writes an error into Twilio's debugger. */
  report(code: number, message: string): void {
    this.emit({ type: "error", error: { code, message } });
  }

  ring(): void {
    this.#status = "ringing";
    this.emit({ type: "ringing" });
    this.callbacks.reportStatus("ringing", this.facts);
  }

  answer(): void {
    if (this.#status !== "ringing") return;
    this.#status = "in-progress";
    this.#answered = this.#moment();
    const { timeLimitSeconds = defaultTimeLimitSeconds } = this.request;
    this.#cancelTimeLimit = this.context.clock.at(
      this.#answered.at + timeLimitSeconds * 1_000,
      () => this.finish({ status: "completed", reason: "the time limit" }),
    );
    this.emit({ type: "answered" });
    this.callbacks.reportStatus("answered", this.facts);
  }

  setAnsweredBy(answeredBy: string): void {
    this.#answeredBy = answeredBy;
  }

  /** Ends the call; nothing happens when it is over already. */
  finish({ status, reason }: SimulatedCallEnd): void {
    if (isOver(this.#status)) return;
    const wasQueued = this.#status === "queued";
    const talked = this.#status === "in-progress";
    this.#status = talked && status === "failed" ? "completed" : status;
    this.#finished = this.#moment();
    this.#cancelTimeLimit?.();
    this.#over.abort();
    // Twilio says nothing about a call that was cancelled before it was dialled.
    if (!wasQueued) this.callbacks.reportStatus("completed", this.facts);
    const end: SimulatedCallEnd = { status: this.#status, reason };
    this.emit({ type: "ended", end });
    this.#ended.resolve(end);
  }

  #moment(): Moment {
    return { at: this.context.clock.now(), date: new Date() };
  }
}

function directionOf({ outbound, parentSid }: SimulatedCallRequest): CallFacts["direction"] {
  if (outbound === undefined) return "inbound";
  return parentSid === undefined ? "outbound-api" : "outbound-dial";
}

interface Moment {
  readonly at: number;
  readonly date: Date;
}

/** Twilio's: four hours. */
const defaultTimeLimitSeconds = 14_400;
