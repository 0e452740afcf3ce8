import type { LateFrames } from "../machine/lateFrames.ts";
import type { Milliseconds } from "../types.ts";

/** Keys this close to each other belong to one number. */
const ALONE_MS = 1000;
/** More need not be known of a number than that it is one. */
const MAX_KEYS = 3;
/** In the place of keys that are not kept. */
const EARLIER = "…";

/** Keys that follow each other: whether one of them stands alone is known a second after it. */
export class KeyRun {
  readonly #lateFrames: Pick<LateFrames, "after">;
  #keys = "";
  #beganAt: Milliseconds = -Infinity;
  #lastAt: Milliseconds = -Infinity;

  constructor(lateFrames: Pick<LateFrames, "after">) {
    this.#lateFrames = lateFrames;
  }

  pressed(digit: string, now: Milliseconds): void {
    const isNext = now - this.#lastAt < ALONE_MS;
    const before = this.#keys === "" ? EARLIER : this.#keys;
    this.#keys = (isNext ? before + digit : digit).slice(0, MAX_KEYS);
    if (!isNext) this.#beganAt = now;
    this.#lastAt = now;
  }

  /** What was pressed so far is no answer, nor is a key that follows it at once. */
  disregard(): void {
    this.#keys = "";
  }

  /** Returns the first keys of a run that is over, without the `#` that ended it. */
  tick(now: Milliseconds): string | undefined {
    if (!this.isOver(now)) return undefined;
    const keys = this.#keys;
    this.#keys = "";
    return withoutEnd(keys);
  }

  isOver(now: Milliseconds): boolean {
    const { wakeAt } = this;
    return wakeAt !== undefined && now >= wakeAt;
  }

  /** When the first key of the latest run was pressed. */
  get beganAt(): Milliseconds {
    return this.#beganAt;
  }

  /** The first keys of the run that is under way; empty where there is none. */
  get keys(): string {
    return withoutEnd(this.#keys);
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#keys === "" ? undefined : this.#lateFrames.after(this.#lastAt + ALONE_MS);
  }
}

function withoutEnd(keys: string): string {
  return keys.length > 1 ? keys.replace(/#$/, "") : keys;
}
