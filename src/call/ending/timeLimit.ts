import type { CallPolicy, Milliseconds } from "../types.ts";

/** The greatest length of a call: announced before it strikes. */
export class TimeLimit {
  readonly #maxMs: Milliseconds;
  readonly #warningMs: Milliseconds;
  #begun = false;
  #endAt: Milliseconds | undefined;
  #warnAt: Milliseconds | undefined;

  constructor({ maxMs, timeWarningMs }: Pick<CallPolicy, "maxMs" | "timeWarningMs">) {
    this.#maxMs = maxMs;
    this.#warningMs = Math.min(timeWarningMs, maxMs / 2);
  }

  get leftS(): number {
    return Math.round(this.#warningMs / 1000);
  }

  /** The caller is connected: from here on it is counted. */
  begin(now: Milliseconds): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#endAt = now + this.#maxMs;
    if (this.#warningMs > 0) this.#warnAt = this.#endAt - this.#warningMs;
  }

  tick(now: Milliseconds): "warn" | "end" | undefined {
    if (this.#endAt !== undefined && now >= this.#endAt) {
      this.#endAt = undefined;
      this.#warnAt = undefined;
      return "end";
    }
    if (this.#warnAt === undefined || now < this.#warnAt) return undefined;
    this.#warnAt = undefined;
    return "warn";
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#warnAt ?? this.#endAt;
  }
}
