import type { AudioLevels } from "./audioLevel.ts";
import { NoiseFloor } from "./noiseFloor.ts";

/**
 * Tells which frames are proven quiet: nothing in them could be the beginning of speech to any listener. It
 * is strict, not clever: whatever is louder than the line's own faint noise, or brighter, is not quiet, nor is
 * what follows soon after it.
 *
 * The clock is the audio itself: frames of any length, in order.
 */
export class QuietDetector {
  readonly #level = new NoiseFloor({ lowestDb: LOWEST_DB });
  readonly #difference = new NoiseFloor({ lowestDb: LOWEST_DB });
  /** How much audio is not quiet yet, whatever is in it. */
  #waitMs = LEARNING_MS;

  /** Takes the next frame; returns whether it is proven quiet. */
  hear({ levelDb, differenceDb }: AudioLevels, durationMs: number): boolean {
    const isFaint = levelDb <= HIGHEST_DB && levelDb <= this.#level.db + MARGIN_DB &&
      differenceDb <= this.#difference.db + MARGIN_DB;
    this.#level.hear(levelDb, durationMs);
    this.#difference.hear(differenceDb, durationMs);
    this.#waitMs = Math.max(this.#waitMs - durationMs, isFaint ? -1 : HOLD_MS);
    return this.#waitMs < 0;
  }
}

/** In louder noise, a model that knows speech by its spectrum may hear words that add nothing to the level. */
const HIGHEST_DB = -60;

/** One step of mu-law in every sixth sample. */
const LOWEST_DB = -80;

/** The level of steady noise varies by 0.5 dB from one frame of 20 ms to the next. */
const MARGIN_DB = 2;

/** A model decides that speech has begun some frames after its onset, and a word may begin with a gap. */
const HOLD_MS = 300;

/** Until the line's noise is known. */
const LEARNING_MS = 1000;
