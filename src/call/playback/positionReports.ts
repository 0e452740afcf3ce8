import { earliest } from "../machine/wakeTimer.ts";
import type { Milliseconds } from "../types.ts";

/** A leg reports about every 100 ms; so long without one, it renders nothing. */
const STALLED_AFTER_MS = 2000;
/** Long enough for a telephone call that is declined; then what was not heard is taken back. */
const GIVE_UP_AFTER_MS = 15_000;

/**
 * Whether a leg still renders what it was given, by the positions that it reports.
 *
 * A leg that has never reported is not expected to: what it plays is known by the clock alone.
 */
export class PositionReports {
  #reporting = false;
  #expectedSince: Milliseconds | undefined;
  #stalled = false;

  /** Another leg: whether it reports is yet to be seen. */
  reset(): void {
    this.#reporting = false;
    this.settle();
  }

  /** Whether only what is reported counts as heard. */
  get reporting(): boolean {
    return this.#reporting;
  }

  /** The leg has something to play. */
  expect(now: Milliseconds): void {
    this.#expectedSince ??= now;
  }

  /** The leg has nothing more to play. */
  settle(): void {
    this.#expectedSince = undefined;
    this.#stalled = false;
  }

  /** The same position again shows that the leg is there, but not that it renders. */
  reported(advanced: boolean, now: Milliseconds): void {
    this.#reporting = true;
    if (!advanced) return;
    this.#stalled = false;
    if (this.#expectedSince !== undefined) this.#expectedSince = now;
  }

  isStalled(now: Milliseconds): boolean {
    return this.#stalled || now >= (this.#dueAt(STALLED_AFTER_MS) ?? Infinity);
  }

  /** Returns `stalled` once, when reports have stopped, and `lost` when they have stayed away. */
  tick(now: Milliseconds): "stalled" | "lost" | undefined {
    if (now >= (this.givesUpAt ?? Infinity)) return "lost";
    if (this.#stalled || !this.isStalled(now)) return undefined;
    this.#stalled = true;
    return "stalled";
  }

  get givesUpAt(): Milliseconds | undefined {
    return this.#dueAt(GIVE_UP_AFTER_MS);
  }

  /** When to `tick`; `orAt`, with what is to be done while the leg renders, is put off by a stall. */
  wakeAt(orAt: Milliseconds | undefined): Milliseconds | undefined {
    if (this.#stalled) return this.givesUpAt;
    return earliest(orAt, this.#dueAt(STALLED_AFTER_MS));
  }

  #dueAt(afterMs: Milliseconds): Milliseconds | undefined {
    if (!this.#reporting || this.#expectedSince === undefined) return undefined;
    return this.#expectedSince + afterMs;
  }
}
