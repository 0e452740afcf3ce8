import type { Base64 } from "../../utils/audio/audioFormat.ts";
import type { Milliseconds } from "../types.ts";

/** A frame of the caller's audio, or the end of a turn. */
type Kept = {
  readonly at: Milliseconds;
  readonly audio?: Base64;
  readonly durationMs: Milliseconds;
};

/** Longer than a turn that a caller would not repeat when asked. */
const MAX_MS = 30_000;
const MAX_KEPT = 6000;
/** Forgotten entries stand at the front of the array, and are removed when there are so many. */
const MAX_FORGOTTEN = 256;

/** The caller's latest audio, for a connection that has not heard it: half a minute at most. */
export class KeptAudio {
  #kept: Kept[] = [];
  /** Index of the first entry that is kept; those before it are forgotten. */
  #first = 0;
  #totalMs = 0;

  keep(audio: Base64, durationMs: Milliseconds, at: Milliseconds): void {
    this.#keep({ at, audio, durationMs });
  }

  /** The caller's turn has been ended by hand. */
  keepCommit(at: Milliseconds): void {
    this.#keep({ at, durationMs: 0 });
  }

  /** Forgets what came before. */
  forgetBefore(at: Milliseconds): void {
    while (this.#first < this.#kept.length && this.#kept[this.#first]!.at < at) this.#forgetFirst();
  }

  /** Forgets what the caller has taken back: all since the last commit. */
  forgetTurn(): void {
    const turn = this.#kept.findLastIndex(({ audio }) => audio === undefined) + 1;
    this.#kept = this.#kept.slice(this.#first, Math.max(turn, this.#first));
    this.#first = 0;
    this.#totalMs = this.#kept.reduce((sum, { durationMs }) => sum + durationMs, 0);
  }

  /** What came at that time or after, the oldest first; a commit has no audio. */
  from(at: Milliseconds): readonly Kept[] {
    return this.#kept.slice(this.#first).filter((one) => one.at >= at);
  }

  #keep(one: Kept): void {
    this.#kept.push(one);
    this.#totalMs += one.durationMs;
    while (this.#totalMs > MAX_MS || this.#kept.length - this.#first > MAX_KEPT) {
      this.#forgetFirst();
    }
  }

  #forgetFirst(): void {
    this.#totalMs -= this.#kept[this.#first]?.durationMs ?? 0;
    this.#first++;
    if (this.#first < MAX_FORGOTTEN && this.#first < this.#kept.length) return;
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }
}
