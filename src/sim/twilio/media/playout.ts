import type { SimClock } from "../simClock.ts";
import type { PhoneEventDetail } from "../call/callEvents.ts";
import type { HeardLog } from "../call/heardLog.ts";
import { isLoud } from "./loudness.ts";
import { bytesPerMs, createPlayBuffer, type PlayBuffer } from "./playBuffer.ts";

/** Where a playout reports to. */
export interface PlayoutOptions {
  readonly startupDelayMs: number | (() => number);
  readonly heard: HeardLog;
  /** The clock's time when the call was answered. */
  readonly answeredAt: number;
  readonly onEvent: (event: PhoneEventDetail) => void;
  readonly onEcho: (name: string) => void;
}

/** Runs a play buffer on the clock: echoes its marks in time and notes what was heard. */
export class Playout {
  readonly #clock: SimClock;
  readonly #options: PlayoutOptions;
  readonly #buffer: PlayBuffer;
  #speaking = false;
  #overflowed = false;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: SimClock, options: PlayoutOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#buffer = createPlayBuffer({ startupDelayMs: options.startupDelayMs });
  }

  /** Audio played since the stream began. */
  get playedMs(): number {
    return this.#buffer.playedMs(this.#clock.now());
  }

  play(audio: Uint8Array): void {
    const { answeredAt, heard, onEvent } = this.#options;
    const ms = audio.length / bytesPerMs;
    const { startsAt, acceptedMs } = this.#buffer.write(audio, this.#clock.now());
    if (acceptedMs < ms && !this.#overflowed) {
      this.#overflowed = true;
      const message = "More than ten minutes of audio are queued; the rest is discarded";
      onEvent({ type: "error", error: { code: 31931, message } });
    }
    const accepted = audio.subarray(0, Math.round(acceptedMs * bytesPerMs));
    heard.record({ atMs: startsAt - answeredAt, audio: accepted });
    onEvent({ type: "media", ms, startsAtMs: startsAt - answeredAt });
    if (!this.#speaking && isLoud(accepted)) {
      this.#speaking = true;
      onEvent({ type: "speaking" });
    }
    this.#advance();
  }

  mark(name: string): void {
    this.#options.onEvent({ type: "mark", name });
    this.#buffer.mark(name, this.#clock.now());
    this.#advance();
  }

  clear(): void {
    const now = this.#clock.now();
    const report = this.#buffer.clear(now);
    this.#options.heard.cut(now - this.#options.answeredAt);
    this.#options.onEvent({ type: "clear", report });
    this.#advance();
  }

  /** Plays no more; what was unplayed is never heard. */
  close(): void {
    this.#cancelTimer?.();
    this.#options.heard.cut(this.#clock.now() - this.#options.answeredAt);
  }

  #advance(): void {
    const now = this.#clock.now();
    for (const { name, reason } of this.#buffer.advance(now)) {
      this.#options.onEvent({ type: "echo", name, reason });
      this.#options.onEcho(name);
    }
    const dryAt = this.#buffer.endsAt(now);
    if (dryAt === undefined && this.#speaking) {
      this.#speaking = false;
      this.#options.onEvent({ type: "quiet" });
    }
    this.#cancelTimer?.();
    const next = Math.min(this.#buffer.nextEventAt() ?? Infinity, dryAt ?? Infinity);
    this.#cancelTimer = next === Infinity ? undefined : this.#clock.at(next, () => this.#advance());
  }
}
