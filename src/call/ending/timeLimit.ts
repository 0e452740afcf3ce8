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

  /** The caller is connected: from here on it is counted, or since they were connected for the first time. */
  begin(now: Milliseconds, connectedMs: Milliseconds = 0): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#endAt = now - connectedMs + this.#maxMs;
    const warnAt = this.#endAt - this.#warningMs;
    // One that is overdue was given by the session before.
    if (this.#warningMs > 0 && warnAt >= now) this.#warnAt = warnAt;
  }

  /** Time in which the agent did not have the caller. */
  extend(byMs: Milliseconds, now: Milliseconds): void {
    if (this.#endAt === undefined) return;
    // One that was overdue comes to its warning first.
    this.#endAt = Math.max(this.#endAt + byMs, now + this.#warningMs);
    if (this.#warnAt !== undefined) this.#warnAt += byMs;
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
