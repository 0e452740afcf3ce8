import type { Milliseconds } from "../types.ts";

type FillerState =
  | { readonly kind: "none" }
  | { readonly kind: "asked"; readonly at: Milliseconds; readonly wanted: boolean }
  | {
    readonly kind: "running";
    readonly id: string;
    readonly eventAt: Milliseconds;
    readonly sounded: boolean;
  };

/** Few words: a model that has not begun them by then, or stops in the middle, is not waited for. */
const STALLED_MS = 3000;

/** The response beside the conversation that bridges a wait, at most one; it may run beside a stuck one. */
export class FillerResponse {
  #state: FillerState = { kind: "none" };

  /** Whether one is asked for or running. */
  get open(): boolean {
    return this.#state.kind !== "none";
  }

  get awaited(): boolean {
    return this.#state.kind === "asked";
  }

  get id(): string | undefined {
    return this.#state.kind === "running" ? this.#state.id : undefined;
  }

  asked(now: Milliseconds): void {
    this.#state = { kind: "asked", at: now, wanted: true };
  }

  /** False where it is not wanted any more. */
  started(id: string, now: Milliseconds): boolean {
    // One that was given up before it began is not wanted when it begins after all.
    if (this.#state.kind !== "asked" || !this.#state.wanted) {
      if (this.#state.kind === "asked") this.#state = { kind: "none" };
      return false;
    }
    this.#state = { kind: "running", id, eventAt: now, sounded: false };
    return true;
  }

  sounded(id: string, now: Milliseconds): void {
    if (this.id === id) this.#state = { kind: "running", id, eventAt: now, sounded: true };
  }

  over(id: string): void {
    if (this.id === id) this.#state = { kind: "none" };
  }

  /** The request was refused, or its connection is gone. */
  reset(): void {
    this.#state = { kind: "none" };
  }

  /** What was not heard yet is not wanted any more; returns the response to cancel. */
  forgo(): string | undefined {
    const state = this.#state;
    if (state.kind === "asked") this.#state = { ...state, wanted: false };
    if (state.kind !== "running" || state.sounded) return undefined;
    this.#state = { kind: "none" };
    return state.id;
  }

  /** Gives up on one that is overdue; returns the response to cancel, if it has begun. */
  expire(now: Milliseconds): string | undefined {
    const { wakeAt, id } = this;
    if (wakeAt === undefined || now < wakeAt) return undefined;
    this.#state = { kind: "none" };
    return id;
  }

  get wakeAt(): Milliseconds | undefined {
    if (this.#state.kind === "none") return undefined;
    return (this.#state.kind === "asked" ? this.#state.at : this.#state.eventAt) + STALLED_MS;
  }
}
