import type { Milliseconds } from "../types.ts";

interface Filler {
  /** When it was asked for, or last gave a sign of life. */
  readonly at: Milliseconds;
  /** Absent until it has begun. */
  readonly id?: string;
  readonly isWanted: boolean;
  readonly hasSounded: boolean;
}

/** Few words: a model that has not begun them by then, or stops in the middle, is not waited for. */
const STALLED_MS = 3000;

/** The response beside the conversation that bridges a wait, at most one; it may run beside a stuck one. */
export class FillerResponse {
  #filler: Filler | undefined;

  /** Whether one is asked for or running. */
  get open(): boolean {
    return this.#filler !== undefined;
  }

  get awaited(): boolean {
    return this.open && this.id === undefined;
  }

  get id(): string | undefined {
    return this.#filler?.id;
  }

  asked(now: Milliseconds): void {
    this.#filler = { at: now, isWanted: true, hasSounded: false };
  }

  /** False where it is not wanted any more. */
  started(id: string, now: Milliseconds): boolean {
    const filler = this.#filler;
    if (filler === undefined || filler.id !== undefined) return false;
    // One that was given up before it began is not wanted when it begins after all.
    this.#filler = filler.isWanted ? { ...filler, id, at: now } : undefined;
    return filler.isWanted;
  }

  sounded(id: string, now: Milliseconds): void {
    if (this.#filler?.id === id) this.#filler = { ...this.#filler, at: now, hasSounded: true };
  }

  over(id: string): void {
    if (this.id === id) this.reset();
  }

  /** The request was refused, or its connection is gone. */
  reset(): void {
    this.#filler = undefined;
  }

  /** What was not heard yet is not wanted any more; returns the response to cancel. */
  forgo(): string | undefined {
    const { id, hasSounded } = this.#filler ?? {};
    if (this.#filler !== undefined && id === undefined) {
      this.#filler = { ...this.#filler, isWanted: false };
    }
    if (id === undefined || hasSounded) return undefined;
    this.reset();
    return id;
  }

  /** Gives up on one that is overdue; returns the response to cancel, if it has begun. */
  expire(now: Milliseconds): string | undefined {
    const { wakeAt, id } = this;
    if (wakeAt === undefined || now < wakeAt) return undefined;
    this.reset();
    return id;
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#filler && this.#filler.at + STALLED_MS;
  }
}
