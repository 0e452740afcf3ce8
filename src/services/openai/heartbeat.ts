/** Notices that a peer has gone, by asking it something when it has been silent for long. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #heardAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    this.heard();
    this.#wait(this.#options.intervalMs);
  }

  /** Anything from the peer counts; cheap enough for every frame. */
  heard(): void {
    this.#heardAt = this.#options.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#check(), ms);
  }

  #check(): void {
    const { intervalMs, timeoutMs, now, onProbeDue } = this.#options;
    const heardAt = this.#heardAt;
    const leftMs = heardAt + intervalMs - now();
    if (leftMs > 0) return this.#wait(leftMs);
    onProbeDue();
    this.#timer = setTimeout(() => {
      if (this.#heardAt === heardAt) this.#options.onDead();
      else this.#check();
    }, timeoutMs);
  }
}

interface HeartbeatOptions {
  readonly intervalMs: number;
  /** How long the answer may take. */
  readonly timeoutMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly onProbeDue: () => void;
  readonly onDead: () => void;
}
