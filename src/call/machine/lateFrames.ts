import type { Milliseconds } from "../types.ts";

/** Enough to read what waits in the sockets, and for the model to report speech in it. */
const CATCH_UP_MS = 250;

/**
 * What the caller has said and pressed is known only once it has been read. Where frames are late, because this
 * process or the network stood still, what depends on the caller's silence is put off for a moment, once: what has
 * been put off is decided, however late further frames are.
 */
export class LateFrames {
  #until: Milliseconds | undefined;

  /** Frames have not come for longer than they take. */
  noticed(now: Milliseconds): void {
    this.#until ??= now + CATCH_UP_MS;
  }

  /** When to decide what becomes due at that time unless the caller is heard. */
  after(dueAt: Milliseconds): Milliseconds {
    return this.#until === undefined ? dueAt : Math.max(dueAt, this.#until);
  }

  /** What was due has been decided. */
  decided(now: Milliseconds): void {
    if (this.#until !== undefined && now >= this.#until) this.#until = undefined;
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#until;
  }
}
