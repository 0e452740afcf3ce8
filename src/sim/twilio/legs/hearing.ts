import { isLoud } from "../media/loudness.ts";
import type { SimClock } from "../simClock.ts";

/** Tells when a person begins to hear somebody, and when it is quiet again. */
export class Hearing {
  readonly #clock: SimClock;
  readonly #signal: AbortSignal;
  readonly #tell: (what: "speaking" | "quiet") => void;
  #cancel: (() => void) | undefined;

  /** Tells nothing more once the signal aborts. */
  constructor(clock: SimClock, signal: AbortSignal, tell: (what: "speaking" | "quiet") => void) {
    this.#clock = clock;
    this.#signal = signal;
    this.#tell = tell;
    signal.addEventListener("abort", () => this.#cancel?.(), { once: true });
  }

  hear(audio: Uint8Array, atMs: number): void {
    if (this.#signal.aborted || audio.length === 0 || !isLoud(audio)) return;
    if (this.#cancel === undefined) this.#tell("speaking");
    else this.#cancel();
    const quietAt = atMs + audio.length / bytesPerMs + hangoverMs;
    this.#cancel = this.#clock.at(quietAt, () => this.#quiet());
  }

  /** What was to be heard from now on is not. */
  cut(): void {
    if (this.#cancel === undefined || this.#signal.aborted) return;
    this.#cancel();
    this.#quiet();
  }

  #quiet(): void {
    this.#cancel = undefined;
    this.#tell("quiet");
  }
}

const bytesPerMs = 8;
/** Pauses between words count as speech. */
const hangoverMs = 200;
