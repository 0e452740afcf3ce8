/** Lets audio out at a multiple of real time; positions are milliseconds of audio. */
export class Pace {
  readonly #speed: number;
  #startedAt: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wake: (() => void) | undefined;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /** Resolves when audio up to this position may have been produced, or when stopped. */
  reach(positionMs: number): Promise<void> | undefined {
    const now = performance.now();
    const aheadMs = positionMs / this.#speed;
    this.#startedAt ??= now - aheadMs;
    const waitMs = this.#startedAt + aheadMs - now;
    // Where the audio itself came late, what follows is not hurried to make up for it.
    if (waitMs < -stallMs) this.#startedAt = now - aheadMs;
    return waitMs > 0 ? this.pause(waitMs) : undefined;
  }

  pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    this.#timer = setTimeout(resolve, ms);
    return promise;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#wake?.();
  }
}

// Longer than a timer is ever late.
const stallMs = 100;
