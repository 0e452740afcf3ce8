import type { Clock } from "../../utils/clock.ts";

/** How often a line is checked, and how much silence replaces missing frames. */
const STEP_MS = 200;
/** A network gap is shorter: its frames arrive late, and silence must not be inserted between them. */
const GRACE_MS = 1000;
/** No model waits longer for the end of a turn. */
const MAX_FILL_MS = 10_000;

/**
 * Some lines send nothing while the caller is silent, and turn detection would wait for ever: during a
 * turn, silence replaces the frames that do not come.
 *
 * Frames are counted, not timed, so that one costs no clock and no timer.
 */
export class SilenceFill {
  readonly #clock: Clock;
  readonly #onGap: (durationMs: number) => void;
  #isTurn = false;
  #came = false;
  #gapMs = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, onGap: (durationMs: number) => void) {
    this.#clock = clock;
    this.#onGap = onGap;
  }

  /** Whether a turn is under way, by what was told of it. */
  get isTurn(): boolean {
    return this.#isTurn;
  }

  frame(): void {
    this.#came = true;
  }

  turnBegins(): void {
    this.#isTurn = true;
    if (this.#cancel !== undefined) return;
    this.#gapMs = 0;
    this.#wait();
  }

  turnEnds(): void {
    this.#isTurn = false;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.#came = false;
    this.#cancel = this.#clock.setTimer(() => this.#check(), STEP_MS);
  }

  #check(): void {
    this.#cancel = undefined;
    this.#gapMs = this.#came ? 0 : this.#gapMs + STEP_MS;
    if (this.#gapMs > GRACE_MS + MAX_FILL_MS) return;
    // Before the silence, which may end the turn.
    this.#wait();
    if (this.#gapMs > GRACE_MS) this.#onGap(STEP_MS);
  }
}
