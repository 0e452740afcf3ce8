import type { SimClock } from "../simClock.ts";
import { type ApiAnswer, refused } from "./apiAnswer.ts";
import { type ApiError, refuse } from "./createForm.ts";

/** How the next request fails that creates a call, or changes one. */
export type ApiFault =
  | {
    readonly kind: "rateLimited";
    readonly retryAfterSeconds: number;
    readonly delayMs?: number;
  }
  | { readonly kind: "refused"; readonly code: number; readonly message: string }
  /** No answer ever comes; the call may have been placed, or changed, all the same. */
  | { readonly kind: "silent"; readonly placed: boolean }
  | { readonly kind: "unavailable" }
  /** A change is accepted, and never carried out. */
  | { readonly kind: "forgotten" }
  | { readonly kind: "slow"; readonly delayMs: number };

export const unavailable: ApiError = { status: 503, code: 20500, message: "Service unavailable" };

/** The faults of one kind of request: each fails one request, in the order in which they are queued. */
export class ApiFaults {
  readonly #queued: ApiFault[] = [];
  readonly #clock: SimClock;
  /** Aborts when the API closes: who waits for an answer gets none. */
  readonly #closing: AbortSignal;

  constructor(clock: SimClock, closing: AbortSignal) {
    this.#clock = clock;
    this.#closing = closing;
  }

  queue(fault: ApiFault): void {
    this.#queued.push(fault);
  }

  /** Answers a request as its fault has it; `forget` answers one that is accepted and not carried out. */
  async answer(carryOut: () => ApiAnswer, forget = carryOut): Promise<ApiAnswer> {
    const fault = this.#queued.shift();
    switch (fault?.kind) {
      case undefined:
        return carryOut();
      case "rateLimited": {
        await this.#clock.wait(fault.delayMs ?? 0, this.#closing);
        const headers = { "retry-after": String(fault.retryAfterSeconds) };
        return { ...refused(refuse(20429, "Too Many Requests")), headers };
      }
      case "refused":
        return refused(refuse(fault.code, fault.message));
      case "unavailable":
        return refused(unavailable);
      case "slow":
        await this.#clock.wait(fault.delayMs, this.#closing);
        return carryOut();
      case "silent":
        if (fault.placed) carryOut();
        return await this.#silence();
      case "forgotten":
        return forget();
    }
  }

  #silence(): Promise<never> {
    return new Promise((_, reject) => {
      this.#closing.addEventListener("abort", () => reject(this.#closing.reason));
    });
  }
}
