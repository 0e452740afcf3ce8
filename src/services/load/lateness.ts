/** When a late event loop counts as overload, and when no longer. */
export interface LatenessLimits {
  /** A wait that callers notice: seven frames of audio. */
  readonly lateMs: number;
  /** Over how long waits are counted. */
  readonly windowMs: number;
  /** Shares of the time in which work had to wait for `lateMs`, where overload begins and ends. */
  readonly beginsAt: number;
  readonly endsBelow: number;
  /** Loading code and the first calls after the start are slow, and say nothing of what follows. */
  readonly graceMs: number;
}

/** A single stall of a second is no overload; blocks of a third of a second, one after another, are. */
const USUAL: LatenessLimits = {
  lateMs: 150,
  windowMs: 10_000,
  beginsAt: 0.15,
  endsBelow: 0.05,
  graceMs: 30_000,
};

interface Sample {
  readonly at: number;
  /** For how many of the milliseconds before the probe ran a task had to wait for at least `lateMs`. */
  readonly lateMs: number;
  readonly delayMs: number;
}

/** Judges whether the event loop is too late for another call, by how late a timer is. */
export class Lateness {
  readonly #limits: LatenessLimits;
  readonly #startedAt: number;
  readonly #samples: Sample[] = [];
  #overloaded = false;

  constructor(now: number, limits: Partial<LatenessLimits> = {}) {
    this.#limits = { ...USUAL, ...limits };
    this.#startedAt = now;
  }

  get overloaded(): boolean {
    return this.#overloaded;
  }

  /** The longest delay within the window. */
  get longestMs(): number {
    return Math.max(0, ...this.#samples.map(({ delayMs }) => delayMs));
  }

  /** A timer has fired this late. */
  observe(delayMs: number, now: number): void {
    const { lateMs, windowMs, beginsAt, endsBelow, graceMs } = this.#limits;
    // What came up at the beginning of a stall waited for all of it, what came up at its end not at all.
    this.#samples.push({ at: now, delayMs, lateMs: Math.max(0, delayMs - lateMs) });
    while (this.#samples[0] !== undefined && this.#samples[0].at <= now - windowMs) {
      this.#samples.shift();
    }
    if (now - this.#startedAt < graceMs) return;
    const late = this.#samples.reduce((sum, sample) => sum + sample.lateMs, 0) / windowMs;
    if (late >= beginsAt) this.#overloaded = true;
    else if (late < endsBelow) this.#overloaded = false;
  }
}
