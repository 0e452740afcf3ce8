import type { SimClock } from "../../../src/sim/twilio/simClock.ts";

/** A simulated clock that runs only when it is told to: minutes pass in an instant, and always alike. */
export class SteppedClock implements SimClock {
  #nowMs = 0;
  readonly #due = new Map<number, { readonly atMs: number; readonly run: () => void }>();
  #count = 0;

  now(): number {
    return this.#nowMs;
  }

  at(timeMs: number, run: () => void): () => void {
    const id = this.#count++;
    this.#due.set(id, { atMs: timeMs, run });
    return () => void this.#due.delete(id);
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.at(this.#nowMs + ms, () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      });
      signal?.addEventListener("abort", stop, { once: true });
    });
  }

  /** Lets time pass, and what waits for it run. */
  async step(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
      await settled();
    }
    this.#nowMs = until;
    await settled();
  }

  #next(until: number): { readonly atMs: number; readonly run: () => void } | undefined {
    let [found, first] = [-1, Infinity];
    for (const [id, { atMs }] of this.#due) {
      if (atMs <= until && atMs < first) [found, first] = [id, atMs];
    }
    const due = this.#due.get(found);
    this.#due.delete(found);
    return due;
  }
}

/** Enough for promises that wait for each other; none of them waits for anything else. */
async function settled(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}
