import { sleep } from "./sleep.ts";

/** What else there is to do waits no longer for work that is done in slices. */
const SLICE_MS = 2;

/** Divides long work: `pause`, called between its steps, lets others go first where a slice is used up. */
export class WorkSlices {
  #begunAt = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.#begunAt < SLICE_MS) return;
    await sleep(0);
    this.#begunAt = performance.now();
  }
}
