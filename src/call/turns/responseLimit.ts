import type { Milliseconds } from "../types.ts";

const EVERY_MS = 1000;
const BURST = 3;

/** How often a reply is asked for: every one is billed, whatever number of lines a caller sends. */
export class ResponseLimit {
  #left = BURST;
  #at: Milliseconds = -Infinity;

  took(now: Milliseconds): void {
    this.#left = Math.min(BURST, this.#left + (now - this.#at) / EVERY_MS);
    this.#at = now;
    this.#left--;
  }

  /** When the next one may be asked for, at the earliest. */
  get nextAt(): Milliseconds {
    return this.#left >= 1 ? -Infinity : this.#at + Math.ceil((1 - this.#left) * EVERY_MS);
  }
}
