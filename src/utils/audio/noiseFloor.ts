interface NoiseFloorOptions {
  /** Where it begins; without, at the first level. */
  readonly initialDb?: number;
  /** Lower levels say nothing about the noise that follows them. */
  readonly lowestDb: number;
}

/**
 * Follows the level of a line's background noise: down at once in quiet moments, up slowly, so that words
 * stand out and lasting noise does not.
 */
export class NoiseFloor {
  readonly #lowestDb: number;
  /** NaN before the first level. */
  #db: number;

  constructor({ initialDb, lowestDb }: NoiseFloorOptions) {
    this.#lowestDb = lowestDb;
    this.#db = initialDb ?? NaN;
  }

  /** The lowest possible, before the first level. */
  get db(): number {
    return Number.isNaN(this.#db) ? this.#lowestDb : this.#db;
  }

  hear(levelDb: number, durationMs: number): void {
    const before = Number.isNaN(this.#db) ? levelDb : this.#db;
    const distance = levelDb - before;
    const step = distance < 0
      ? distance * fallWithin(durationMs)
      : Math.min(distance, (RISE_DB_PER_SECOND * durationMs) / 1000);
    this.#db = Math.max(this.#lowestDb, before + step);
  }
}

/** The share of a distance downwards that is covered in the time; frames are nearly all of one length. */
function fallWithin(durationMs: number): number {
  if (durationMs !== fallMs) {
    fallMs = durationMs;
    fall = 1 - Math.exp(-durationMs / FALL_MS);
  }
  return fall;
}

let fallMs = NaN;
let fall = NaN;

/** Time constant downwards: the gaps between words are some 50 ms. */
const FALL_MS = 100;

/** A word of a second lifts the floor less than the gap after it lets it fall. */
const RISE_DB_PER_SECOND = 3;
