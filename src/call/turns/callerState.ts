import type { CallPolicy, Milliseconds } from "../types.ts";

/** The model starts its own response within this after the caller's turn, or it will not. */
const OWN_RESPONSE_MS = 3000;

/** Whether the model responds by itself; read anew each time. */
export interface InForce {
  readonly policy: Pick<CallPolicy, "modelResponds">;
}

/** Whether the caller speaks, and whether a model that responds by itself still has to answer. */
export class CallerState {
  readonly #inForce: InForce;
  #isSpeaking = false;
  /** Since when the model is about to answer a finished turn, or to begin what collided with a request. */
  #answerDueSince: Milliseconds | undefined;
  /** The model has taken in a turn that it has not begun to answer. */
  #unanswered = false;

  constructor(inForce: InForce) {
    this.#inForce = inForce;
  }

  get isSpeaking(): boolean {
    return this.#isSpeaking;
  }

  /** Whether the caller's turn is over and the model has yet to start its reply. */
  get isAnswerDue(): boolean {
    return this.#answerDueSince !== undefined;
  }

  /** Neither speaking nor just finished. */
  get isIdle(): boolean {
    return !this.#isSpeaking && !this.isAnswerDue;
  }

  /** Whether the caller waits for the answer to a turn that the model has taken in. */
  get isWaiting(): boolean {
    return this.isAnswerDue && this.#unanswered;
  }

  speechStarted(): void {
    this.#isSpeaking = true;
    this.#answerDueSince = undefined;
  }

  /** The caller's turn is over; a model that responds by itself is given time to do so. */
  speechStopped(now: Milliseconds): void {
    this.#isSpeaking = false;
    this.#answerDueSince = this.#inForce.policy.modelResponds ? now : undefined;
  }

  /** The model has taken in what the caller said. */
  committed(): void {
    if (this.#inForce.policy.modelResponds && !this.isIdle) this.#unanswered = true;
  }

  responseStarted(isReply: boolean): void {
    this.#answerDueSince = undefined;
    if (isReply) this.#unanswered = false;
  }

  /** The model has begun a response by itself whose `responseStarted` is on the way. */
  responseAnnounced(now: Milliseconds): void {
    if (this.isIdle) this.#answerDueSince = now;
  }

  /** No answer to the last turn is wanted. */
  answerWithdrawn(): void {
    this.#unanswered = false;
  }

  /** Nothing is awaited of the caller's speech: they wrote, or the connection that heard it is gone. */
  reset(): void {
    this.#isSpeaking = false;
    this.#answerDueSince = undefined;
    this.#unanswered = false;
  }

  /** Stops waiting for an overdue answer. True where the caller's turn is still unanswered. */
  expire(now: Milliseconds): boolean {
    if (now < (this.wakeAt ?? Infinity)) return false;
    const unanswered = this.#unanswered;
    this.#answerDueSince = undefined;
    this.#unanswered = false;
    return unanswered;
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#answerDueSince === undefined ? undefined : this.#answerDueSince + OWN_RESPONSE_MS;
  }
}
