import type { LateFrames } from "../machine/lateFrames.ts";
import type { Milliseconds } from "../types.ts";

const MAX_DIGITS = 32;

/** Gathers the keys that a caller presses into one entry, ended by `#` or by a pause. */
export class Digits {
  readonly #lateFrames: Pick<LateFrames, "after">;
  readonly #timeoutMs: () => Milliseconds;
  #entry = "";
  #lastAt: Milliseconds = 0;
  #beganAt: Milliseconds = 0;

  constructor(lateFrames: Pick<LateFrames, "after">, timeoutMs: () => Milliseconds) {
    this.#lateFrames = lateFrames;
    this.#timeoutMs = timeoutMs;
  }

  /** Returns the whole entry when this key ends it. */
  pressed(digit: string, now: Milliseconds): string | undefined {
    if (!/^[0-9*#A-D]$/.test(digit)) return undefined;
    this.#lastAt = now;
    if (this.#entry === "") this.#beganAt = now;
    if (digit === "#") return this.#complete() || "#";
    this.#entry += digit;
    return this.#entry.length >= MAX_DIGITS ? this.#complete() : undefined;
  }

  tick(now: Milliseconds): string | undefined {
    const wakeAt = this.wakeAt;
    return wakeAt !== undefined && now >= wakeAt ? this.#complete() : undefined;
  }

  /** When the first key of the latest entry was pressed. */
  get beganAt(): Milliseconds {
    return this.#beganAt;
  }

  get wakeAt(): Milliseconds | undefined {
    if (this.#entry === "") return undefined;
    return this.#lateFrames.after(this.#lastAt + this.#timeoutMs());
  }

  #complete(): string {
    const entry = this.#entry;
    this.#entry = "";
    return entry;
  }
}
