import { setTimer } from "../../utils/clock.ts";

/** Notices that a peer has gone, by asking it something when it has been silent for long. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  /** Counted, not timed: the clock is not read at every message. */
  #signs = 0;
  #cancel: (() => void) | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    this.#listen(0);
  }

  /** Anything from the peer counts. */
  heard(): void {
    this.#signs++;
  }

  /** Asks at once, however lately the peer was heard. */
  probe(): void {
    this.stop();
    this.#options.onProbeDue();
    this.#await(this.#signs, this.#options.timeoutMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Looks several times in an interval; `silentLooks` in a row have found no sign. */
  #listen(silentLooks: number): void {
    const before = this.#signs;
    this.#cancel = setTimer(() => {
      const silent = this.#signs === before ? silentLooks + 1 : 0;
      if (silent >= LOOKS) this.probe();
      else this.#listen(silent);
    }, this.#options.intervalMs / LOOKS);
  }

  #await(before: number, ms: number): void {
    const dueAt = this.#options.now() + ms;
    this.#cancel = setTimer(() => {
      if (this.#signs !== before) return this.#listen(0);
      // A process that was held up reads its timers before its sockets: the answer may be there.
      if (this.#options.now() - dueAt > LATE_MS) return this.#await(before, SECOND_LOOK_MS);
      this.#options.onDead();
    }, ms);
  }
}

const LOOKS = 5;
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
