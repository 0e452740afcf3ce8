import { CallerState, type InForce } from "./callerState.ts";
import { FillerResponse } from "./fillerResponse.ts";
import type { CommandBuffer } from "../machine/commandBuffer.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { RefusalKind, ResponsePurpose, ResponseRequest } from "../realtimeClient.ts";
import { ResponseQueue } from "./responseQueue.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { Milliseconds } from "../types.ts";

/** What the model is asked for or doing about the conversation right now; one at a time. */
interface CurrentResponse {
  readonly request: ResponseRequest;
  /** When it was asked for, or last gave a sign of life. */
  at: Milliseconds;
  /** Absent until it has begun. */
  readonly id?: string;
}

/** What a caller waits for. */
const AWAITED: ReadonlySet<ResponsePurpose> = new Set([
  "greeting",
  "reply",
  "tool_result",
  "handoff",
]);
const OF_OPENINGS: ReadonlySet<ResponsePurpose> = new Set(["opening"]);
const FOR_MACHINES: ReadonlySet<ResponsePurpose> = new Set(["say", "goodbye"]);
const MAX_KNOWN = 32;
const MAX_GIVEN_UP = 8;

/**
 * Who owes a reply: at most one response is asked for or running, what else is asked for waits for
 * its end and for the caller to finish, and the same purpose is never owed twice.
 */
export class Turns {
  /** Bridges a wait, beside all other responses. */
  readonly filler = new FillerResponse();
  readonly callerState: CallerState;
  readonly #commands: CommandBuffer;
  readonly #inForce: InForce;
  readonly #queue = new ResponseQueue();
  #response: CurrentResponse | undefined;
  #connected = false;
  #isOpening = false;
  #isHeld = false;
  /** Responses that have begun once, and are not begun again by an event that came twice. */
  readonly #begun = new RecentIds(MAX_KNOWN);
  /** Requests that were given up unanswered: what they still bring is not wanted. */
  #givenUp: ResponsePurpose[] = [];

  constructor(commands: CommandBuffer, inForce: InForce) {
    this.#commands = commands;
    this.#inForce = inForce;
    this.callerState = new CallerState(inForce);
  }

  get responseId(): string | undefined {
    return this.#response?.id;
  }

  /** What is asked of the model, or running. */
  get current(): ResponseRequest | undefined {
    return this.#response?.request;
  }

  /** When the present response was asked for, or last gave a sign of life. */
  get currentAt(): Milliseconds | undefined {
    return this.#response?.at;
  }

  /** Whether a response is running, asked for or owed. */
  get busy(): boolean {
    // What is held back waits for a person, and nothing else waits for it.
    const isOwed = this.#isHeld
      ? this.#queue.owesAny((purpose) => FOR_MACHINES.has(purpose))
      : !this.#queue.isEmpty;
    return this.#response !== undefined || this.filler.open || isOwed;
  }

  /** The caller is silent, and nothing is asked of the model, or owed by it. */
  get quiet(): boolean {
    return !this.busy && this.callerState.isIdle;
  }

  /** Whether a response that names no purpose can only be the one that was asked for beside the others. */
  get startsFiller(): boolean {
    return this.filler.awaited && this.#response === undefined &&
      !this.#inForce.policy.modelResponds;
  }

  /** While the call opens, nothing is asked for but its opening, whatever the caller does. */
  set opening(isOpening: boolean) {
    this.#isOpening = isOpening;
  }

  /** While there is no person to talk with, nothing is asked for but what is meant for whatever there is. */
  set held(isHeld: boolean) {
    this.#isHeld = isHeld;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Whether the caller waits for words; `silencedId` is a response of which none are to come. */
  awaited(silencedId: string | undefined): boolean {
    if (this.#isOpening || this.#isHeld) return false;
    if (this.callerState.isWaiting) return true;
    const { current } = this;
    const comes = current !== undefined && AWAITED.has(current.purpose) &&
      (silencedId === undefined || this.responseId !== silencedId);
    return comes || this.#queue.owesAny((purpose) => AWAITED.has(purpose));
  }

  owes(purpose: ResponsePurpose): boolean {
    return this.#queue.owes(purpose);
  }

  /** Whether a sentence that is to be said exactly waits to be asked for. */
  owesExact(id: string): boolean {
    return this.#queue.owesExact(id);
  }

  ask(request: ResponseRequest, now: Milliseconds): void {
    this.#queue.enqueue(request);
    this.next(now);
  }

  /** What the caller has said needs no answer of the agent's. */
  withdrawReply(): void {
    this.#queue.withdraw("reply");
  }

  /** Before all else that is owed. */
  askFirst(request: ResponseRequest, now: Milliseconds): void {
    this.#queue.enqueueFirst(request, now);
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
    this.callerState.answerWithdrawn();
  }

  callerStopped(now: Milliseconds): void {
    this.callerState.speechStopped(now);
    this.next(now);
  }

  /**
   * Returns what the response is for; `purpose` is absent if the model began it by itself. `again` for one
   * that has begun before, `stale` for one that was given up before it began.
   */
  started(
    id: string,
    purpose: ResponsePurpose | undefined,
    now: Milliseconds,
  ): ResponseRequest | "again" | "stale" {
    if (this.#begun.has(id)) return "again";
    this.#begun.add(id);
    const asked = this.#asked;
    const isAsked = asked !== undefined && (purpose === undefined || purpose === asked.purpose) &&
      (purpose !== undefined || !this.callerState.isAnswerDue);
    const late = isAsked || purpose === undefined ? -1 : this.#givenUp.indexOf(purpose);
    if (late >= 0) {
      this.#givenUp.splice(late, 1);
      return "stale";
    }
    // A response that the model began by itself came first; ours is still owed.
    if (asked !== undefined && !isAsked) this.#queue.putBack(asked);
    const request = isAsked ? asked : { purpose: purpose ?? "reply" };
    this.#response = { request, at: now, id };
    this.callerState.responseStarted(request.purpose === "reply");
    return request;
  }

  /** Something has come of a response. */
  progressed(id: string, now: Milliseconds): void {
    if (this.#response?.id === id) this.#response.at = now;
  }

  done(id: string, now: Milliseconds): void {
    if (this.responseId === id) this.#response = undefined;
    this.next(now);
  }

  /** The present response, asked for or running, is waited for no longer. */
  giveUp(): void {
    const asked = this.#asked;
    if (asked !== undefined) {
      this.#givenUp = [...this.#givenUp, asked.purpose].slice(-MAX_GIVEN_UP);
    }
    this.#response = undefined;
  }

  /**
   * The model refused to start a response. Where one is running already, ours waits for its end;
   * otherwise returns what was refused, and is owed no more.
   */
  refused(
    request: ResponseRequest,
    kind: RefusalKind,
    now: Milliseconds,
  ): ResponseRequest | undefined {
    // Otherwise the other response has started already, and ours was put back, or withdrawn, then.
    const asked = this.#asked;
    if (asked === undefined || asked.purpose !== request.purpose) return undefined;
    this.#response = undefined;
    if (kind !== "busy") return asked;
    this.#queue.putBack(asked);
    // Until its `responseStarted` nothing else may be asked for.
    this.callerState.responseAnnounced(now);
    return undefined;
  }

  tick(now: Milliseconds): void {
    const unanswered = this.callerState.expire(now);
    if (unanswered && this.#response === undefined && !this.owes("reply")) {
      this.#queue.putBack({ purpose: "reply" });
    }
    this.next(now);
  }

  get wakeAt(): Milliseconds | undefined {
    const dueAt = this.#isFree ? this.#queue.dueAt(this.#only) : undefined;
    return earliest(this.callerState.wakeAt, dueAt);
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
    this.#response = undefined;
    this.callerState.reset();
    this.#givenUp = [];
  }

  /** Asks for what is owed next, if it may be asked for now. */
  next(now: Milliseconds): void {
    const request = this.#isFree ? this.#queue.dequeue(now, this.#only) : undefined;
    if (request === undefined) return;
    this.#response = { request, at: now };
    this.#commands.request({ type: "respond", request });
  }

  get #isFree(): boolean {
    return this.#connected && this.#response === undefined && !this.filler.open &&
      (this.#isOpening || this.#isHeld || this.callerState.isIdle);
  }

  get #only(): ReadonlySet<ResponsePurpose> | undefined {
    if (this.#isHeld) return FOR_MACHINES;
    return this.#isOpening ? OF_OPENINGS : undefined;
  }

  /** What is asked for and has not begun. */
  get #asked(): ResponseRequest | undefined {
    return this.#response?.id === undefined ? this.#response?.request : undefined;
  }
}
