import { FillerResponse } from "./fillerResponse.ts";
import type { CommandBuffer } from "../commandBuffer.ts";
import { earliest } from "../wakeTimer.ts";
import type { RefusalKind, ResponsePurpose, ResponseRequest } from "../realtimeClient.ts";
import { ResponseQueue } from "./responseQueue.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { Milliseconds } from "../types.ts";

/** Responses go one at a time; what the model is doing about the conversation right now. */
type ResponseState =
  | { readonly kind: "none" }
  | { readonly kind: "asked"; readonly request: ResponseRequest; readonly at: Milliseconds }
  | {
    readonly kind: "running";
    readonly id: string;
    readonly request: ResponseRequest;
    /** When anything was last heard of it. */
    readonly at: Milliseconds;
  };

type CallerState =
  | { readonly kind: "silent" }
  | { readonly kind: "speaking"; readonly since: Milliseconds }
  /** The model is about to answer a finished turn by itself, or to begin what collided with a request. */
  | { readonly kind: "answerDue"; readonly since: Milliseconds };

/** What a caller waits for. */
const AWAITED: ReadonlySet<ResponsePurpose> = new Set(["greeting", "reply", "tool_result"]);
/** The model starts its own response within this after the caller's turn, or it will not. */
const OWN_RESPONSE_MS = 3000;
const MAX_KNOWN = 32;
const MAX_GIVEN_UP = 8;

/**
 * Who owes a reply: at most one response is asked for or running, what else is asked for waits for
 * its end and for the caller to finish, and the same purpose is never owed twice.
 */
export class Turns {
  /** Bridges a wait, beside all other responses. */
  readonly filler = new FillerResponse();
  readonly #commands: CommandBuffer;
  readonly #modelResponds: boolean;
  readonly #queue = new ResponseQueue();
  #response: ResponseState = { kind: "none" };
  #caller: CallerState = { kind: "silent" };
  #connected = false;
  /** The model has taken in a turn that it has not begun to answer. */
  #unanswered = false;
  /** Responses that have begun once, and are not begun again by an event that came twice. */
  readonly #begun = new RecentIds(MAX_KNOWN);
  /** Requests that were given up unanswered: what they still bring is not wanted. */
  #givenUp: ResponsePurpose[] = [];

  constructor(commands: CommandBuffer, modelResponds: boolean) {
    this.#commands = commands;
    this.#modelResponds = modelResponds;
  }

  get responseId(): string | undefined {
    return this.#response.kind === "running" ? this.#response.id : undefined;
  }

  /** What is asked of the model, or running. */
  get current(): ResponseRequest | undefined {
    return this.#response.kind === "none" ? undefined : this.#response.request;
  }

  /** When the present response was asked for, or last gave a sign of life. */
  get currentAt(): Milliseconds | undefined {
    return this.#response.kind === "none" ? undefined : this.#response.at;
  }

  /** Whether a response is running, asked for or owed. */
  get busy(): boolean {
    return this.#response.kind !== "none" || this.filler.open || !this.#queue.isEmpty;
  }

  /** The caller is silent, and nothing is asked of the model, or owed by it. */
  get quiet(): boolean {
    return !this.busy && this.#caller.kind === "silent";
  }

  get callerSpeaking(): boolean {
    return this.#caller.kind === "speaking";
  }

  /** Whether a response that names no purpose can only be the one that was asked for beside the others. */
  get startsFiller(): boolean {
    return this.filler.awaited && this.#response.kind === "none" && !this.#modelResponds;
  }

  /** Whether the caller's turn is over and the model has yet to start its reply. */
  get answerDue(): boolean {
    return this.#caller.kind === "answerDue";
  }

  /** Whether the caller waits for words; `silencedId` is a response of which none are to come. */
  awaited(silencedId: string | undefined): boolean {
    if (this.#caller.kind === "answerDue" && this.#unanswered) return true;
    const { current } = this;
    const comes = current !== undefined && AWAITED.has(current.purpose) &&
      (silencedId === undefined || this.responseId !== silencedId);
    return comes || this.#queue.owesAny((purpose) => AWAITED.has(purpose));
  }

  owes(purpose: ResponsePurpose): boolean {
    return this.#queue.owes(purpose);
  }

  ask(request: ResponseRequest, now: Milliseconds): void {
    this.#queue.enqueue(request);
    this.next(now);
  }

  /** Owes something before all else, but asks for it, and for all else, only after a delay. */
  askAgain(request: ResponseRequest, delayMs: Milliseconds, now: Milliseconds): void {
    this.#queue.enqueueFirst(request, now + delayMs);
  }

  /** A few words beside the conversation, at once. */
  askFiller(request: ResponseRequest, now: Milliseconds): void {
    if (!this.#connected || this.filler.open) return;
    this.filler.asked(now);
    this.#commands.request({ type: "respond", request });
  }

  /** Takes back what has not been sent yet. */
  withdraw(purpose: ResponsePurpose): void {
    this.#queue.withdraw(purpose);
  }

  withdrawAll(): void {
    this.#queue.clear();
    this.#unanswered = false;
  }

  callerStarted(now: Milliseconds): void {
    this.#caller = { kind: "speaking", since: now };
  }

  /** The caller wrote or pressed keys: that is a turn, whatever is heard at the time. */
  callerWrote(): void {
    this.#caller = { kind: "silent" };
    this.#unanswered = false;
  }

  /** The caller's turn is over; a model that responds by itself is given time to do so. */
  callerStopped(now: Milliseconds): void {
    this.#caller = this.#modelResponds ? { kind: "answerDue", since: now } : { kind: "silent" };
    this.next(now);
  }

  /** The model has taken in what the caller said. */
  callerHeard(): void {
    if (this.#modelResponds && this.#caller.kind !== "silent") this.#unanswered = true;
  }

  /**
   * Gives what the response is for; `purpose` is absent if the model began it by itself. `again` for one
   * that has begun before, `stale` for one that was given up before it began.
   */
  started(
    id: string,
    purpose: ResponsePurpose | undefined,
    now: Milliseconds,
  ): ResponseRequest | "again" | "stale" {
    if (this.#begun.has(id)) return "again";
    this.#begun.add(id);
    const asked = this.#response.kind === "asked" ? this.#response.request : undefined;
    const isAsked = asked !== undefined && (purpose === undefined || purpose === asked.purpose) &&
      (purpose !== undefined || this.#caller.kind !== "answerDue");
    const late = isAsked || purpose === undefined ? -1 : this.#givenUp.indexOf(purpose);
    if (late >= 0) {
      this.#givenUp.splice(late, 1);
      return "stale";
    }
    // A response that the model began by itself came first; ours is still owed.
    if (asked !== undefined && !isAsked) this.#queue.putBack(asked);
    const request = isAsked ? asked : { purpose: purpose ?? "reply" };
    this.#response = { kind: "running", id, request, at: now };
    if (this.#caller.kind === "answerDue") this.#caller = { kind: "silent" };
    if (request.purpose === "reply") this.#unanswered = false;
    return request;
  }

  /** Something has come of a response. */
  alive(id: string, now: Milliseconds): void {
    if (this.#response.kind === "running" && this.#response.id === id) {
      this.#response = { ...this.#response, at: now };
    }
  }

  done(id: string, now: Milliseconds): void {
    if (this.responseId === id) this.#response = { kind: "none" };
    this.next(now);
  }

  /** The present response, asked for or running, is waited for no longer. */
  giveUp(): void {
    if (this.#response.kind === "asked") {
      this.#givenUp = [...this.#givenUp, this.#response.request.purpose].slice(-MAX_GIVEN_UP);
    }
    this.#response = { kind: "none" };
  }

  /**
   * The model refused to start a response. Where one is running already, ours waits for its end;
   * otherwise gives what was refused, and is owed no more.
   */
  refused(
    request: ResponseRequest,
    kind: RefusalKind,
    now: Milliseconds,
  ): ResponseRequest | undefined {
    // Otherwise the other response has started already, and ours was put back, or withdrawn, then.
    const asked = this.#response.kind === "asked" ? this.#response.request : undefined;
    if (asked === undefined || asked.purpose !== request.purpose) return undefined;
    this.#response = { kind: "none" };
    if (kind !== "busy") return asked;
    this.#queue.putBack(asked);
    // Its `responseStarted` is on the way; until then nothing else may be asked for.
    if (this.#caller.kind === "silent") this.#caller = { kind: "answerDue", since: now };
    return undefined;
  }

  tick(now: Milliseconds): void {
    if (this.#caller.kind === "answerDue" && now >= this.#caller.since + OWN_RESPONSE_MS) {
      this.#caller = { kind: "silent" };
      if (this.#unanswered && this.#response.kind === "none" && !this.owes("reply")) {
        this.#queue.putBack({ purpose: "reply" });
      }
      this.#unanswered = false;
    }
    this.next(now);
  }

  get wakeAt(): Milliseconds | undefined {
    const answerDueAt = this.#caller.kind === "answerDue"
      ? this.#caller.since + OWN_RESPONSE_MS
      : undefined;
    return earliest(answerDueAt, this.#free ? this.#queue.dueAt : undefined);
  }

  /** The model can be asked: `first` and what else is owed goes out now. */
  connected(now: Milliseconds, first?: ResponseRequest): void {
    this.#connected = true;
    this.#queue.resetDelay();
    if (first !== undefined) {
      this.withdraw(first.purpose);
      this.#queue.putBack(first);
    }
    this.next(now);
  }

  /** The model's connection is gone, and with it what was asked for; what is owed waits for the next. */
  disconnected(): void {
    this.#connected = false;
    this.filler.reset();
    this.#response = { kind: "none" };
    this.#caller = { kind: "silent" };
    this.#unanswered = false;
    this.#givenUp = [];
  }

  /** Asks for what is owed next, if it may be asked for now. */
  next(now: Milliseconds): void {
    const request = this.#free ? this.#queue.dequeue(now) : undefined;
    if (request === undefined) return;
    this.#response = { kind: "asked", request, at: now };
    this.#commands.request({ type: "respond", request });
  }

  get #free(): boolean {
    return this.#connected && this.#response.kind === "none" && this.#caller.kind === "silent" &&
      !this.filler.open;
  }
}
