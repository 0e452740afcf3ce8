import type { SimClock } from "../simClock.ts";
import type { PhoneEvent } from "./callEvents.ts";

/** Tracks whether the agent speaks, and when it has finished. */
export class AgentSpeech {
  readonly #clock: SimClock;
  readonly #stop: () => void;
  readonly #waiting = new Set<() => void>();
  #speaking = false;
  #speaksSince = -Infinity;
  /** When it last fell silent. */
  #quietAt: number | undefined;
  /** There is no stream: the call is held, or connected to the target of a transfer. */
  #isAway = false;
  #gone = false;

  constructor(watch: (listener: (event: PhoneEvent) => void) => () => void, clock: SimClock) {
    this.#clock = clock;
    this.#stop = watch((event) => {
      if (event.type === "ended") this.#gone = true;
      if (event.type === "speaking") {
        if (!this.#speaking) this.#speaksSince = clock.now();
        this.#speaking = !this.#gone;
      }
      if (event.type === "streamStarted") this.#isAway = false;
      if (event.type === "streamClosed") this.#isAway = true;
      if (this.#gone || event.type === "quiet" || event.type === "streamClosed") {
        if (this.#speaking) this.#quietAt = clock.now();
        this.#speaking = false;
      }
      for (const check of this.#waiting) check();
    });
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** The clock's time when the agent last began to speak. */
  get speaksSince(): number {
    return this.#speaksSince;
  }

  /** Whether the agent begins to speak in time. */
  speaks(withinMs = maxWaitMs): Promise<boolean> {
    return this.#until(() => this.#speaking, withinMs);
  }

  /**
   * Waits for the agent to speak and to finish, for that much silence; goes on when it never begins. What it has
   * said since the clock's time `sinceMs` counts.
   */
  async endOfTurn(
    withinMs = maxWaitMs,
    silenceMs = turnSilenceMs,
    sinceMs = Infinity,
  ): Promise<void> {
    const quietAt = this.#speaking || this.#isAway ? undefined : this.#quietAt;
    const leftMs = quietAt === undefined || quietAt < sinceMs
      ? withinMs
      : quietAt + silenceMs - this.#clock.now();
    if (!await this.speaks(Math.max(0, leftMs))) return;
    do await this.#until(() => !this.#speaking, Infinity); while (
      !this.#gone && await this.#speaksOn(silenceMs)
    );
  }

  /** The caller of a call on hold waits for the agent to be back. */
  async #speaksOn(silenceMs: number): Promise<boolean> {
    if (!this.#isAway) return await this.speaks(silenceMs);
    await this.#until(() => !this.#isAway, Infinity);
    return await this.speaks();
  }

  /** Resolves when the agent is silent, or the call is over. */
  quiet(): Promise<boolean> {
    return this.#until(() => !this.#speaking, Infinity);
  }

  async pause(ms: number): Promise<void> {
    await this.#until(() => false, ms);
  }

  /** Ends every wait, as the end of the call does. */
  close(): void {
    this.#stop();
    this.#gone = true;
    this.#speaking = false;
    for (const check of this.#waiting) check();
  }

  #until(holds: () => boolean, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (held: boolean) => {
        cancel();
        this.#waiting.delete(check);
        resolve(held);
      };
      const check = () => {
        if (holds()) settle(true);
        else if (this.#gone) settle(false);
      };
      const cancel = withinMs === Infinity
        ? () => {}
        : this.#clock.at(this.#clock.now() + withinMs, () => settle(holds()));
      this.#waiting.add(check);
      check();
    });
  }
}

/** How long the agent must be silent before its turn counts as over. */
const turnSilenceMs = 900;
/** How long the caller waits for the agent to speak before going on. */
const maxWaitMs = 8_000;
