/** As much later than expected is the unevenness of timers and networks. */
const JITTER_MS = 100;
/** So long it is open whether frames that are late were held up on their way, or have never been. */
const WAIT_MS = 1000;
/** A sender whose clock is fast, or who sends what it likes, gets no further ahead. */
const MAX_LEAD_MS = 1000;

interface Late {
  readonly audio: Uint8Array;
  readonly samples: number;
  readonly from: number;
}

/**
 * Where the caller's frames stand in time. They follow each other without a gap, however unevenly they come;
 * where they come late, the least delay of those within a second tells how long nothing was sent: frames that
 * were held up come together, and follow what was before.
 */
export class CallerPlace {
  readonly #rate: number;
  readonly #put: (from: number, audio: Uint8Array) => void;
  #end = 0;
  #begun = false;
  #late: Late[] = [];
  #lateSamples = 0;
  #lateSinceMs = 0;
  #least = Infinity;

  constructor(rate: number, put: (from: number, audio: Uint8Array) => void) {
    this.#rate = rate;
    this.#put = put;
  }

  /** `from` is the first sample of the frame if it was never held up; it has come at `atMs`. */
  add(audio: Uint8Array, samples: number, from: number, atMs: number): void {
    if (atMs - this.#lateSinceMs >= WAIT_MS) this.close();
    const lateness = from - (this.#end + this.#lateSamples);
    if (this.#late.length === 0) {
      if (this.#begun && lateness <= this.#samples(JITTER_MS)) {
        return this.#append({ audio, samples, from });
      }
      this.#lateSinceMs = atMs;
      this.#least = Infinity;
    }
    this.#late.push({ audio, samples, from });
    this.#lateSamples += samples;
    this.#least = Math.min(this.#least, lateness);
    if (this.#begun && this.#least <= this.#samples(JITTER_MS)) this.close();
  }

  /** Decides about what waits. */
  close(): void {
    if (this.#late.length === 0) return;
    const isLate = !this.#begun || this.#least > this.#samples(JITTER_MS);
    if (isLate) this.#end += Math.max(0, Math.round(this.#least));
    this.#begun = true;
    const late = this.#late;
    this.#late = [];
    this.#lateSamples = 0;
    for (const frame of late) this.#append(frame);
  }

  #append({ audio, samples, from: earliest }: Late): void {
    const from = this.#end;
    if (from - earliest > this.#samples(MAX_LEAD_MS)) return;
    this.#end += samples;
    this.#put(from, audio);
  }

  #samples(ms: number): number {
    return ms * this.#rate / 1000;
  }
}
