/// <reference lib="dom" />

/** What a slice of work may take of a frame, so that sound, keys and drawing are not kept waiting. */
const SLICE_MS = 3;

/** Parts long work into slices, between which the page does what else waits. */
export class Pace {
  #begun = performance.now();

  /** To be awaited within the work, where it is not undefined: the slice is over. */
  rest(): Promise<void> | undefined {
    if (performance.now() - this.#begun < SLICE_MS) return undefined;
    return new Promise((resolve) => {
      setTimeout(() => {
        this.#begun = performance.now();
        resolve();
      });
    });
  }
}
