import type { Milliseconds } from "./types.ts";

/** When nobody says anything: ask once, and if that brings no answer, end. */
export class Silence {
  readonly #idleMs: Milliseconds;
  #quietSince: Milliseconds | undefined;
  #asked = false;

  constructor(idleMs: Milliseconds) {
    this.#idleMs = idleMs;
  }

  /** Starts to count, if it does not count already. */
  begin(now: Milliseconds): void {
    this.#quietSince ??= now;
  }

  /** Somebody or something is at work: silence begins anew afterwards. */
  disturbed(): void {
    this.#quietSince = undefined;
  }

  /** The caller is there: the question may be asked again some day. */
  callerActed(): void {
    this.disturbed();
    this.#asked = false;
  }

  /** The model has asked by itself. */
  alreadyAsked(): void {
    this.disturbed();
    this.#asked = true;
  }

  tick(now: Milliseconds): "ask" | "end" | undefined {
    const wakeAt = this.wakeAt;
    if (wakeAt === undefined || now < wakeAt) return undefined;
    this.#quietSince = now;
    if (this.#asked) return "end";
    this.#asked = true;
    return "ask";
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#quietSince === undefined ? undefined : this.#quietSince + this.#idleMs;
  }
}
