import type { ResponsePurpose, ResponseRequest } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";

/** What a caller or an operator can ask for as often as they like. */
const LIMITED: ReadonlySet<ResponsePurpose> = new Set(["reply", "say"]);
/** How often that is asked of the model: every response is billed. */
const EVERY_MS = 1000;
const BURST = 3;
const MAX_OWED = 8;

/** Responses that are owed, in the order of asking for them, and when each may be asked for. */
export class ResponseQueue {
  #owed: ResponseRequest[] = [];
  /** Nothing is asked for before: what failed is tried again a moment later. */
  #notBefore: Milliseconds = -Infinity;
  #left = BURST;
  #leftAt: Milliseconds = -Infinity;

  get isEmpty(): boolean {
    return this.#owed.length === 0;
  }

  owes(purpose: ResponsePurpose): boolean {
    return this.owesAny((owed) => owed === purpose);
  }

  owesAny(test: (purpose: ResponsePurpose) => boolean): boolean {
    return this.#owed.some(({ purpose }) => test(purpose));
  }

  owesExact(id: string): boolean {
    return this.#owed.some(({ exact }) => exact === id);
  }

  enqueue(request: ResponseRequest): void {
    this.#replace(request.purpose);
    this.#owed.push(request);
    this.#dropOldest();
  }

  /** Puts back what had been dequeued. */
  putBack(request: ResponseRequest): void {
    this.#owed.unshift(request);
  }

  /** Comes before all else, and nothing before `notBefore`. */
  enqueueFirst(request: ResponseRequest, notBefore: Milliseconds): void {
    this.#replace(request.purpose);
    this.#owed.unshift(request);
    this.#notBefore = notBefore;
  }

  withdraw(purpose: ResponsePurpose): void {
    this.#owed = this.#owed.filter((owed) => owed.purpose !== purpose);
  }

  clear(): void {
    this.#owed = [];
  }

  /** Over a new connection nothing that failed before is waited for. */
  resetDelay(): void {
    this.#notBefore = -Infinity;
  }

  /** When the first in the queue may be asked for, or the first for one of these purposes. */
  dueAt(only?: ReadonlySet<ResponsePurpose>): Milliseconds | undefined {
    const first = this.#first(only);
    if (first === undefined) return undefined;
    if (!LIMITED.has(first.purpose) || this.#left >= 1) return this.#notBefore;
    return Math.max(this.#notBefore, this.#leftAt + Math.ceil((1 - this.#left) * EVERY_MS));
  }

  dequeue(now: Milliseconds, only?: ReadonlySet<ResponsePurpose>): ResponseRequest | undefined {
    if (now < (this.dueAt(only) ?? Infinity)) return undefined;
    const request = this.#first(only);
    this.#owed = this.#owed.filter((owed) => owed !== request);
    if (request !== undefined && LIMITED.has(request.purpose)) {
      this.#left = Math.min(BURST, this.#left + (now - this.#leftAt) / EVERY_MS) - 1;
      this.#leftAt = now;
    }
    return request;
  }

  #first(only: ReadonlySet<ResponsePurpose> | undefined): ResponseRequest | undefined {
    return this.#owed.find(({ purpose }) => only === undefined || only.has(purpose));
  }

  /** What has to be said exactly is bounded by who asks for it, and never goes for the sake of other words. */
  #dropOldest(): void {
    const others = this.#owed.filter(({ exact }) => exact === undefined);
    if (others.length <= MAX_OWED) return;
    const oldest = others.find(({ purpose }) => purpose === "say") ?? others[0];
    this.#owed = this.#owed.filter((owed) => owed !== oldest);
  }

  // Two sentences to say are two responses; all else is owed once.
  #replace(purpose: ResponsePurpose): void {
    if (purpose !== "say") this.withdraw(purpose);
  }
}
