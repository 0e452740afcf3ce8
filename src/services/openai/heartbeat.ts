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

  /** Asks at once, however lately the peer was heard. */
  probe(): void {
    this.stop();
    this.#options.onProbeDue();
    this.#await(this.#heardAt, this.#options.timeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#check(), ms);
  }

  #check(): void {
    const { intervalMs, now } = this.#options;
    const leftMs = this.#heardAt + intervalMs - now();
    if (leftMs > 0) return this.#wait(leftMs);
    this.probe();
  }

  #await(heardAt: number, ms: number): void {
    const dueAt = this.#options.now() + ms;
    this.#timer = setTimeout(() => {
      if (this.#heardAt !== heardAt) return this.#check();
      // A process that was held up reads its timers before its sockets: the answer may be there.
      if (this.#options.now() - dueAt > LATE_MS) return this.#await(heardAt, SECOND_LOOK_MS);
      this.#options.onDead();
    }, ms);
  }
}

const LATE_MS = 500;
const SECOND_LOOK_MS = 500;

interface HeartbeatOptions {
  readonly intervalMs: number;
  /** How long the answer may take. */
  readonly timeoutMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly onProbeDue: () => void;
  readonly onDead: () => void;
}
