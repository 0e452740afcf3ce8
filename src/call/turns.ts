import type { CallCommand } from "./callCommand.ts";
import type { ResponsePurpose, ResponseRequest } from "./realtimeClient.ts";
import type { Milliseconds } from "./types.ts";

/** Responses go one at a time; what the model is doing about the conversation right now. */
type ResponseState =
  | { readonly kind: "none" }
  | { readonly kind: "asked"; readonly request: ResponseRequest; readonly at: Milliseconds }
  | { readonly kind: "running"; readonly id: string; readonly request: ResponseRequest };

type CallerState =
  | { readonly kind: "silent" }
  | { readonly kind: "speaking"; readonly since: Milliseconds }
  /** The model is about to answer a finished turn by itself. */
  | { readonly kind: "answerDue"; readonly since: Milliseconds };

/** The model starts its own response within this after the caller's turn, or it will not. */
const OWN_RESPONSE_MS = 3000;
/** A request without a response or a refusal is taken as lost. */
const LOST_REQUEST_MS = 10_000;
const MAX_OWED = 8;

/**
 * Who owes a reply: at most one response is asked for or running, what else is asked for waits for
 * its end and for the caller to finish, and the same purpose is never owed twice.
 */
export class Turns {
  #response: ResponseState = { kind: "none" };
  #caller: CallerState = { kind: "silent" };
  #owed: ResponseRequest[] = [];
  #connected = false;
  readonly #modelResponds: boolean;

  constructor(modelResponds: boolean) {
    this.#modelResponds = modelResponds;
  }

  get responseId(): string | undefined {
    return this.#response.kind === "running" ? this.#response.id : undefined;
  }

  /** What is asked of the model, or running. */
  get current(): ResponseRequest | undefined {
    return this.#response.kind === "none" ? undefined : this.#response.request;
  }

  /** Whether a response is running, asked for or owed. */
  get busy(): boolean {
    return this.#response.kind !== "none" || this.#owed.length > 0;
  }

  /** Nobody speaks, and nothing is asked of the model, or owed by it. */
  get quiet(): boolean {
    return !this.busy && this.#caller.kind === "silent";
  }

  get callerSpeaking(): boolean {
    return this.#caller.kind === "speaking";
  }

  /** Whether the caller's turn is over and the model has yet to start its reply. */
  get answerDue(): boolean {
    return this.#caller.kind === "answerDue";
  }

  ask(request: ResponseRequest, now: Milliseconds): readonly CallCommand[] {
    // Two things that somebody wants said are two things; all else is owed once.
    if (request.purpose !== "say") this.withdraw(request.purpose);
    this.#owed.push(request);
    if (this.#owed.length > MAX_OWED) this.#owed.shift();
    return this.#next(now);
  }

  /** Takes back what has not been sent yet. */
  withdraw(purpose: ResponsePurpose): void {
    this.#owed = this.#owed.filter((owed) => owed.purpose !== purpose);
  }

  withdrawAll(): void {
    this.#owed = [];
  }

  callerStarted(now: Milliseconds): void {
    this.#caller = { kind: "speaking", since: now };
  }

  /** The caller wrote or pressed keys: that is a turn, whatever is heard meanwhile. */
  callerWrote(): void {
    this.#caller = { kind: "silent" };
  }

  /** The caller's turn is over; a model that responds by itself is given time to do so. */
  callerStopped(now: Milliseconds): readonly CallCommand[] {
    this.#caller = this.#modelResponds && this.#response.kind === "none"
      ? { kind: "answerDue", since: now }
      : { kind: "silent" };
    return this.#next(now);
  }

  /** Gives what the response is for; `purpose` is absent if the model began it by itself. */
  started(id: string, purpose: ResponsePurpose | undefined): ResponseRequest {
    const asked = this.#response.kind === "asked" ? this.#response.request : undefined;
    const isAsked = asked !== undefined && (purpose === undefined || purpose === asked.purpose) &&
      (purpose !== undefined || this.#caller.kind !== "answerDue");
    // A response that the model began by itself came first; ours is still owed.
    if (asked !== undefined && !isAsked) this.#owed.unshift(asked);
    const request = isAsked ? asked : { purpose: purpose ?? "reply" };
    this.#response = { kind: "running", id, request };
    if (this.#caller.kind === "answerDue") this.#caller = { kind: "silent" };
    return request;
  }

  done(id: string, now: Milliseconds): readonly CallCommand[] {
    if (this.#response.kind !== "running" || this.#response.id !== id) return [];
    this.#response = { kind: "none" };
    return this.#next(now);
  }

  /** The model refused to start a response; where one is running already, ours waits for its end. */
  refused(request: ResponseRequest, code: string, now: Milliseconds): readonly CallCommand[] {
    // Otherwise the other response has started meanwhile, and ours was put back, or withdrawn, then.
    const asked = this.#response.kind === "asked" ? this.#response.request : undefined;
    if (asked?.purpose !== request.purpose) return [];
    this.#response = { kind: "none" };
    if (code !== "conversation_already_has_active_response") return this.#next(now);
    this.#owed.unshift(asked);
    // Its `responseStarted` is on the way; until then nothing else may be asked for.
    if (this.#caller.kind === "silent") this.#caller = { kind: "answerDue", since: now };
    return [];
  }

  tick(now: Milliseconds): readonly CallCommand[] {
    const wakeAt = this.wakeAt;
    if (wakeAt === undefined || now < wakeAt) return [];
    if (this.#response.kind === "asked") this.#response = { kind: "none" };
    if (this.#caller.kind === "answerDue") this.#caller = { kind: "silent" };
    return this.#next(now);
  }

  get wakeAt(): Milliseconds | undefined {
    if (this.#response.kind === "asked") return this.#response.at + LOST_REQUEST_MS;
    if (this.#caller.kind === "answerDue") return this.#caller.since + OWN_RESPONSE_MS;
    return undefined;
  }

  /** The model can be asked: `first` and what else is owed goes out now. */
  connected(now: Milliseconds, first?: ResponseRequest): readonly CallCommand[] {
    this.#connected = true;
    if (first !== undefined) {
      this.withdraw(first.purpose);
      this.#owed.unshift(first);
    }
    return this.#next(now);
  }

  /** The model's connection is gone, and with it what was asked for; what is owed waits for the next. */
  disconnected(): void {
    this.#connected = false;
    this.#response = { kind: "none" };
    this.#caller = { kind: "silent" };
    this.#owed = this.#owed.filter((request) => request.purpose !== "filler");
  }

  #next(now: Milliseconds): readonly CallCommand[] {
    const free = this.#response.kind === "none" && this.#caller.kind === "silent";
    if (!free || !this.#connected) return [];
    const request = this.#owed.shift();
    if (request === undefined) return [];
    this.#response = { kind: "asked", request, at: now };
    return [{ type: "model", request: { type: "respond", request } }];
  }
}
