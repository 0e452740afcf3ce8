import type { SimClock } from "../simClock.ts";

/** The caller's keypad: digits go into the running stream, or wait for a <Gather> or <Record>. */
export class Keypad {
  readonly #clock: SimClock;
  readonly #pending: string[] = [];
  #reader: ((digit: string) => void) | undefined;

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  /**
   * Presses keys, one every 100 ms; w waits half a second instead, W a second.
   * `toStream` takes a digit while a stream runs, and answers whether it did.
   */
  async press(
    digits: string,
    toStream: (digit: string) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    if (!/^[0-9A-D*#wW]*$/.test(digits)) {
      throw new TypeError(`Cannot press "${digits}": keys are 0-9, *, #, A-D, and w or W to wait`);
    }
    for (const digit of digits) {
      if (signal.aborted) return;
      const pauseMs = digit === "w" ? 500 : digit === "W" ? 1_000 : 100;
      if (pauseMs === 100 && !toStream(digit)) this.#deliver(digit);
      await this.#clock.wait(pauseMs, signal).catch(() => {});
    }
  }

  /** The next digit pressed outside a stream; undefined when none comes in time. */
  async read(withinMs: number, signal: AbortSignal): Promise<string | undefined> {
    const digit = this.#pending.shift();
    if (digit !== undefined) return digit;
    const inTime = new AbortController();
    let read: string | undefined;
    this.#reader = (digit) => {
      read = digit;
      inTime.abort();
    };
    try {
      await this.#clock.wait(withinMs, AbortSignal.any([signal, inTime.signal]));
    } catch (error) {
      if (signal.aborted) throw error;
    } finally {
      this.#reader = undefined;
    }
    return read;
  }

  #deliver(digit: string): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader !== undefined) reader(digit);
    else if (this.#pending.length < maxPending) this.#pending.push(digit);
  }
}

const maxPending = 100;
