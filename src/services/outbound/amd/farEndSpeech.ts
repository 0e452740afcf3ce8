import type { LineSound } from "./lineEar.ts";

/** A longer silence divides what is said into two. */
const GAP_MS = 2500;

/** How long the far end speaks and is silent, in the time of its audio. */
export class FarEndSpeech {
  #atMs = 0;
  #beganMs: number | undefined;
  #firstMs: number | undefined;
  #endedMs = 0;
  #isSpeech = false;
  #isMusic = false;
  #hadMusic = false;

  /** How much of the line has been heard. */
  get atMs(): number {
    return this.#atMs;
  }

  /** Whether anything has been said since the last `reset`. */
  get any(): boolean {
    return this.#beganMs !== undefined;
  }

  /** When what is being said, or was said last, began. */
  get beganMs(): number {
    return this.#beganMs ?? this.#atMs;
  }

  /** When the first of all that has been said since the last `reset` began. */
  get firstMs(): number {
    return this.#firstMs ?? this.#atMs;
  }

  /** How long it lasts, or lasted, short pauses included. */
  get lengthMs(): number {
    return this.#beganMs === undefined ? 0 : this.#endedMs - this.#beganMs;
  }

  /** The silence since then; 0 where nothing has been said. */
  get quietMs(): number {
    return this.#beganMs === undefined || this.#isSpeech ? 0 : this.#atMs - this.#endedMs;
  }

  /** Whether nothing has been said for so long; words that were not heard as such are long over. */
  isQuietFor(ms: number): boolean {
    return !this.#isSpeech && (this.#beganMs === undefined || this.quietMs >= ms);
  }

  get isMusic(): boolean {
    return this.#isMusic;
  }

  /** Whether there has been music, or what sounds like it. */
  get hadMusic(): boolean {
    return this.#hadMusic;
  }

  hear({ durationMs, isSpeech, isMusic, tone }: LineSound): void {
    this.#atMs += durationMs;
    // What began as music, or as a tone, was taken for speech at first.
    if (isMusic && !this.#isMusic || tone !== undefined && this.lengthMs <= TONE_MS) this.reset();
    this.#isMusic = isMusic;
    this.#hadMusic ||= isMusic;
    this.#isSpeech = isSpeech;
    if (!isSpeech) return;
    if (this.#beganMs === undefined || this.#atMs - this.#endedMs > GAP_MS) {
      this.#beganMs = this.#atMs - durationMs;
      this.#firstMs ??= this.#beganMs;
    }
    this.#endedMs = this.#atMs;
  }

  /** Counts anew from here. */
  reset(): void {
    this.#beganMs = undefined;
    this.#firstMs = undefined;
    this.#endedMs = this.#atMs;
  }
}

/** A tone is known as one after a tenth of a second. */
const TONE_MS = 240;
